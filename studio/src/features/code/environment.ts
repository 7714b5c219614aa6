// Environments as lists of packages, so that two of them can be compared.
import type { Job } from "../../api/queries.ts";

type Environment = Job["spec"]["environment"];

/** Where the agent keeps what an environment turned out to be, as a requirements file. */
export const environmentLock = "system_logs/environment-lock.txt";

/** What was asked for: of pip and conda alike. */
export function wantedPackages({ conda, pip }: Environment): string[] {
  const wanted = [...(pip ?? [])];
  for (const one of conda?.dependencies ?? []) {
    if (typeof one === "string") wanted.push(one);
    else wanted.push(...one.pip);
  }
  return wanted.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

/** Names and versions of a lock; the Python that it was made with counts as a package. */
export function packagesOf(lock: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const line of lock.split("\n")) {
    const python = /^# python-version: (\S+)/.exec(line);
    if (python) packages.set("python", python[1]!);
    const match = /^([A-Za-z0-9][\w.-]*)\s*(?:===?|@)\s*(.+?)\s*(?:--hash.*)?$/.exec(line);
    if (match) packages.set(match[1]!.toLowerCase(), match[2]!);
  }
  return packages;
}

export interface PackageChange {
  name: string;
  before: string | undefined;
  after: string | undefined;
}

/** Those that differ, by name. */
export const changedPackages = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): PackageChange[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name), after: after.get(name) }))
    .filter((change) => change.before !== change.after)
    .sort((a, b) => a.name.localeCompare(b.name));
