// Runs every test that this machine can run, and says what it left out and why.
// Usage: npm test [-- part-of-a-path …]
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { runNodeTests } from "./test-node.ts";
import { runPythonTests } from "./test-python.ts";
import { addTally, emptyTally } from "./test-tally.ts";
import type { Tally } from "./test-tally.ts";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const wanted = process.argv.slice(2);
const isWanted = (file: string) => wanted.length === 0 || wanted.some((part) => file.includes(part));
const filesOf = (...patterns: string[]) => globSync(patterns).filter(isWanted).toSorted();

const home = useOwnHome();
const tally = emptyTally();
try {
  await section("Unit tests", () =>
    runNodeTests(
      filesOf("src/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts", "studio/src/**/*.test.ts"),
      {
        concurrency: Math.max(2, availableParallelism()),
      },
    ),
  );
  if (isWanted("python")) await section("Python client", () => runPythonTests(root));
  // Whole systems start servers, agents and jobs of their own: one after the other, they do not starve each other.
  await section("Whole system", () => runNodeTests(filesOf("test/**/*.test.ts"), { concurrency: 1 }));
} finally {
  rmSync(home, { recursive: true, force: true });
}
conclude();

/** No test may find, or start, the server of whoever runs it. */
function useOwnHome(): string {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-test-home-"));
  for (const name of Object.keys(process.env)) {
    if (/^(TRAINYARD|AZUREML|MLFLOW)_/.test(name) && name !== "TRAINYARD_TEST_REQUIRE")
      delete process.env[name];
  }
  process.env["TRAINYARD_HOME"] = folder;
  // Many tests name an image as files from elsewhere do, and mean this machine's own tools.
  process.env["TRAINYARD_CONTAINERS"] = "never";
  return folder;
}

async function section(title: string, run: () => Promise<Tally>): Promise<void> {
  const began = performance.now();
  console.log(title);
  const part = await run();
  addTally(tally, part);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { passed, failed, skipped } = part;
  console.log(`  ${passed} passed, ${failed.length} failed, ${skipped.length} skipped in ${seconds} s\n`);
}

function conclude(): void {
  if (tally.skipped.length > 0) console.log("Skipped:");
  const reasons = Map.groupBy(tally.skipped, ({ reason }) => reason);
  for (const [reason, tests] of reasons) {
    console.log(`  ${reason} (${tests.length})`);
    for (const { name } of tests.slice(0, 5)) console.log(`    ${name}`);
    if (tests.length > 5) console.log(`    … and ${tests.length - 5} more`);
  }
  if (tally.failed.length > 0) console.log("Failed:");
  for (const { name, detail } of tally.failed) console.log(`  ${name}\n${indent(detail)}\n`);
  const ran = tally.passed + tally.failed.length;
  if (ran === 0)
    console.log(`No test ran${wanted.length > 0 ? `: no file matches ${wanted.join(" ")}` : ""}.`);
  process.exitCode = tally.failed.length > 0 || ran === 0 ? 1 : 0;
  console.log(`${tally.passed} passed, ${tally.failed.length} failed, ${tally.skipped.length} skipped`);
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "      ");
}
