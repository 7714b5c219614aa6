// Adds to package-lock.json the builds of packages for other systems, where npm left them out because the registry in
// use has none of them; `npm ci` refuses a lock file without them, on every system. Run it after `npm install`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface LockEntry {
  version: string;
  cpu?: string[];
  dev?: boolean;
  libc?: string[];
  license?: string;
  optional?: boolean;
  os?: string[];
  engines?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, LockEntry>;
}

const path = join(import.meta.dirname, "..", "package-lock.json");

export function findMissing({ packages }: Lock): { name: string; entry: LockEntry }[] {
  return Object.values(packages).flatMap((parent) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !(`node_modules/${name}` in packages))
      .map(([name, version]) => ({ name, entry: entryFor(name, version, parent) })),
  );
}

export const readLock = (): Lock => JSON.parse(readFileSync(path, "utf8")) as Lock;

/** Which system a build is for stands in its name: @scope/binding-linux-arm64-musl. */
function entryFor(name: string, version: string, parent: LockEntry): LockEntry {
  const words = name
    .split("/")
    .at(-1)!
    .replace(/^binding-/, "")
    .split("-");
  const [os = "", cpu = "", abi = ""] = words;
  const libc = abi.startsWith("musl") ? "musl" : abi.startsWith("gnu") ? "glibc" : undefined;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev && { dev: true }),
    ...(libc !== undefined && { libc: [libc] }),
    ...(parent.license !== undefined && { license: parent.license }),
    optional: true,
    os: [os],
  };
}

if (import.meta.main) {
  const lock = readLock();
  const missing = findMissing(lock);
  for (const { name, entry } of missing) lock.packages[`node_modules/${name}`] = entry;
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (missing.length > 0) {
    writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  }
  console.log(
    missing.length === 0 ? "nothing is missing" : `added ${missing.map(({ name }) => name).join(", ")}`,
  );
}
