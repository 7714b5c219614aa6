// Runs the benchmarks and keeps their figures in bench/README.md. Usage: npm run bench [-- name … [--rounds n]]
import { parseArgs } from "node:util";
import { artifacts } from "./artifacts.ts";
import type { Benchmark } from "./benchmark.ts";
import { calls } from "./calls.ts";
import { containers } from "./containers.ts";
import { distributed } from "./distributed.ts";
import { hello } from "./hello.ts";
import { ingest } from "./ingest.ts";
import { kills } from "./kills.ts";
import { log } from "./log.ts";
import { python } from "./python.ts";
import { describeMachine } from "./machine.ts";
import { mlflow } from "./mlflow.ts";
import { mlflowScale } from "./mlflow-scale.ts";
import { sampling } from "./sampling.ts";
import { snapshot } from "./snapshot-figures.ts";
import { start, version } from "./start.ts";
import { describeComparison, writeFigures } from "./table.ts";
import { studioRun } from "./studio-run.ts";
import { studio } from "./studio.ts";
import { sweeps } from "./sweeps.ts";
import { upload } from "./upload.ts";

const benchmarks: readonly Benchmark[] = [
  hello,
  containers,
  start,
  version,
  snapshot,
  upload,
  log,
  calls,
  python,
  ingest,
  mlflow,
  mlflowScale,
  artifacts,
  studio,
  sweeps,
  distributed,
  kills,
  sampling,
  studioRun,
];

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" } },
});
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`--rounds ${values.rounds} is no number of rounds: give a whole number from 1 on.`);
  process.exit(2);
}
const unknown = wanted.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(" ")}. There are: ${benchmarks.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const machine = await describeMachine();
console.log(machine);
for (const benchmark of benchmarks) {
  if (wanted.length > 0 && !wanted.includes(benchmark.name)) continue;
  console.log(`${benchmark.name}: ${benchmark.about}`);
  const comparisons = await benchmark.run(rounds);
  for (const comparison of comparisons) console.log(`  ${describeComparison(comparison)}`);
  writeFigures(benchmark, comparisons, machine);
}
