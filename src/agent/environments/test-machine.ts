// For tests: a machine in a temporary folder, whose programs are small scripts, and a context to realize on it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock } from "../../lib/clock.ts";
import type { RealizeContext } from "./realize.ts";

export interface TestMachine {
  folder: string;
  /** Puts a shell script on the machine's PATH and returns its path. */
  program(name: string, ...lines: string[]): string;
  /** All that went to build logs. */
  log(): string;
  context: RealizeContext;
}

export function testMachine(t: TestContext): TestMachine {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-environments-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const texts: string[] = [];
  return {
    folder,
    program: (name, ...lines) => writeProgram(join(bin, name), ...lines),
    log: () => texts.join(""),
    context: {
      cacheFolder: join(folder, "cache"),
      hostPath: bin,
      hostVariables: {},
      noContainer: "no container engine here",
      clock: systemClock,
      buildLog: (text) => texts.push(text),
      signal: new AbortController().signal,
    },
  };
}

export function writeProgram(path: string, ...lines: string[]): string {
  writeFileSync(path, ["#!/bin/sh", "PATH=/usr/bin:/bin", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
  return path;
}

/** A Python that knows its version and nothing else. */
export const fakePython = (version: string): string[] => [`echo ${version}`];

/**
 * A uv that makes environments with a fake Python, counts its installs in `<folder>/installs`, waits as long as
 * `<folder>/hold` exists, and fails while `<folder>/fail` does.
 */
export const fakeUv = (folder: string): string[] => [
  `folder='${folder}'`,
  'case "$1 $2" in',
  '"venv --seed") mkdir -p "$5/bin"; cp "$4" "$5/bin/python" ;;',
  '"pip install")',
  '  echo "installing" | tee -a "$folder/installs"',
  '  while [ -e "$folder/hold" ]; do sleep 0.05; done',
  '  if [ -e "$folder/fail" ]; then echo "Because nothing-such was not found in the package registry"; exit 1; fi ;;',
  '"pip freeze") echo "six==1.16.0" ;;',
  "esac",
];
