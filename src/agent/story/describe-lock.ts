// The exact environment of a run as a requirements file, with what else it takes to make it again as comments.
import type { RealizedEnvironment } from "../environments/realize.ts";

export const lockArtifact = "system_logs/environment-lock.txt";

export function describeLock({ summary, python, packages }: RealizedEnvironment): string {
  const version = /Python (\d+(?:\.\d+)+)/.exec(summary)?.[1];
  const lines = [
    `# ${summary}`,
    `# platform: ${process.platform}-${process.arch}`,
    ...(version === undefined ? [] : [`# python-version: ${version}`]),
    ...(python === undefined ? [] : [`# python: ${python}`]),
    ...(packages.length === 0 ? ["# packages: as the machine had them; not recorded"] : packages),
  ];
  return `${lines.map((line) => line.replaceAll(/[\r\n]+/g, " ")).join("\n")}\n`;
}
