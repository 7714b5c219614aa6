// Everything that can be said about the code without running it. One line a step, with its time.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findMissing, readLock } from "./complete-lock.ts";
import { findLeaks, findLongFiles, listTracked } from "./check-files.ts";

const root = join(import.meta.dirname, "..");
process.chdir(root);

interface Outcome {
  /** What is wrong, for people; empty when all is well. */
  problems: string;
  note?: string;
}

const tracked = listTracked();
const sources = tracked.filter((file) => /\.(tsx?|mjs)$/.test(file) && !file.endsWith(".gen.ts"));
const program = (name: string, ...args: string[]) => run(join("node_modules", ".bin", name), args);
const script = (...args: string[]) => run(process.execPath, args);

const steps: [string, () => Outcome][] = [
  ["format", () => program("oxfmt", "--check", ...sources)],
  ["lint rules are those of the arrows", () => script("scripts/make-lint-config.mjs", "--check")],
  [
    "lint",
    () =>
      program("oxlint", "--type-aware", "--deny-warnings", "src", "test", "bench", "scripts", "studio/src"),
  ],
  ["types", () => program("tsc", "-p", ".")],
  ["types of studio", () => program("tsc", "-p", "studio")],
  ["generated files", () => script("scripts/generate.ts", "--check")],
  ["file lengths", () => findLongFiles(tracked)],
  ["lock file", () => checkLock()],
  ["nothing of this machine", () => findLeaks(tracked)],
  ["python compiles", () => compilePython(tracked.filter((file) => file.endsWith(".py")))],
];

let failed = 0;
for (const [title, step] of steps) {
  const began = performance.now();
  const { problems, note } = step();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${problems === "" ? "✓" : "✗"} ${title} (${seconds} s)${note === undefined ? "" : `: ${note}`}`,
  );
  if (problems === "") continue;
  failed++;
  console.log(problems.trimEnd());
}
process.exitCode = failed === 0 ? 0 : 1;

function run(command: string, args: string[]): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error) return { problems: error.message };
  return { problems: status === 0 ? "" : `${stdout}${stderr}` };
}

/** What `npm ci` would refuse, on this system or another. */
function checkLock(): Outcome {
  const names = findMissing(readLock()).map(({ name }) => name);
  return {
    problems: names.length === 0 ? "" : `lacks ${names.join(", ")}: run node scripts/complete-lock.ts`,
  };
}

/** Parsed by the machine's own Python; nothing is written beside the sources. */
function compilePython(files: string[]): Outcome {
  const compile = `import sys
for path in sys.argv[1:]:
    compile(open(path, encoding="utf-8").read(), path, "exec", dont_inherit=True)`;
  return run("python3", ["-W", "error", "-c", compile, ...files]);
}
