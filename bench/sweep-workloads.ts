// What bench/sweeps.ts runs as trials: a script that costs nothing, and the search of examples/sweep.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./house.ts";

export interface Workload {
  name: string;
  /** In words, for the table. */
  what: string;
  trials: number;
  /** The loop's and Ray Tune's: what they do is a rate, and they need not do it as often. */
  loopTrials: number;
  rayTrials: number;
  /** What x is drawn from. */
  low: number;
  high: number;
  /** The script and its arguments without the last one, which is x. */
  args: string[];
  metric: string;
  environment: string;
}

/** Writes both into the folder. */
export function writeWorkloads(folder: string): Workload[] {
  const trivial = join(folder, "trivial");
  mkdirSync(trivial);
  writeFileSync(join(trivial, "train.py"), program);
  const example = join(root, "examples", "sweep");
  cpSync(join(example, "src"), join(folder, "lightgbm"), { recursive: true });
  const environment = readFileSync(join(example, "environment.yml"), "utf8");
  writeFileSync(join(folder, "environment.yml"), environment);
  const table = join(root, "examples", "iris", "iris.csv");
  return [
    {
      name: "trivial",
      what: "a script that logs one number",
      trials: 1000,
      loopTrials: 300,
      rayTrials: 40,
      low: -3,
      high: 3,
      args: ["train.py"],
      metric: "loss",
      environment: "{image: python}",
    },
    {
      name: "lightgbm",
      what: "a LightGBM on the iris flowers",
      trials: 20,
      loopTrials: 20,
      rayTrials: 20,
      low: 0.05,
      high: 0.5,
      args: ["train.py", "--table", table, "--leaves", "8", "--boosting", "gbdt", "--learning-rate"],
      metric: "test-multi_logloss",
      environment: "{conda_file: environment.yml}",
    },
  ];
}

const program = `
import sys
from azureml.core import Run
Run.get_context().log("loss", (float(sys.argv[1]) - 1) ** 2)
`;

export const sweepFile = (
  workload: Workload,
  options: { name: string; trials: number; atOnce: number; command?: string },
): string => `
name: ${options.name}
type: sweep
properties: {trainyard.containers: never}
trial:
  code: ${workload.name}
  command: ${JSON.stringify(options.command ?? commandOf(workload))}
  environment: ${workload.environment}
compute: ten
search_space: {x: {type: uniform, min_value: ${workload.low}, max_value: ${workload.high}}}
objective: {primary_metric: ${workload.metric}, goal: minimize}
sampling_algorithm: {type: random, seed: 1}
limits: {max_total_trials: ${options.trials}, max_concurrent_trials: ${Math.min(options.atOnce, options.trials)}}
`;

export const commandOf = ({ args }: Workload): string => ["python", ...args, "${{search_space.x}}"].join(" ");
