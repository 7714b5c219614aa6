// Our Bayesian sampler against Optuna's, on seven functions. Usage: node bench/samplers.ts [--seeds 30] [--gp-minutes 60]
// Optuna's runs are kept in the temporary folder, so that a call which was stopped is gone on with by the next one.
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Trial } from "../src/core/sweep.ts";
import { createSampler } from "../src/sweeps/samplers/index.ts";
import { median } from "./benchmark.ts";
import { functions } from "./functions.ts";
import type { TestFunction } from "./functions.ts";
import { describeMachine } from "./machine.ts";
import { runProgram } from "./processes.ts";
import { writeSection } from "./table.ts";

interface Run {
  function: string;
  sampler: string;
  seed: number;
  values: number[];
  /** The processor's time for each proposal. */
  milliseconds: number[];
}

const trials = 100;
const packages = ["optuna==5.0.0", "scipy==1.17.1", "torch==2.13.0"];
const peer = join(import.meta.dirname, "samplers_optuna.py");

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "30" },
    /** Optuna's GP takes hours for 30 seeds: begin no run of it after so many minutes. */
    "gp-minutes": { type: "string", default: "600" },
    /** Prints our own runs and ends. */
    ours: { type: "boolean", default: false },
  },
});
const seeds = Number(options.seeds);

if (options.ours) printOurRuns();
else await compare();

async function compare(): Promise<void> {
  const python = await ensurePython();
  await checkSameFunctions(python);
  // One after the other, each in a process of its own, so that none takes the other's processor.
  const ours = readRuns(
    await runProgram(process.execPath, [import.meta.filename, "--ours", "--seeds", options.seeds]),
  );
  const tpe = await runPeer(python, "tpe", []);
  const gp = await runPeer(python, "gp", ["--minutes", options["gp-minutes"]]);
  const section = describe(ours, tpe, gp, await describeMachine());
  writeSection("samplers", section);
  console.log(section);
}

function printOurRuns(): void {
  for (const fn of functions) {
    for (let seed = 0; seed < seeds; seed++) console.log(JSON.stringify(search(fn, seed)));
  }
}

function search(fn: TestFunction, seed: number): Run {
  const objective = { primaryMetric: "value", goal: "minimize" } as const;
  const sampler = createSampler(fn.space, { type: "bayesian", seed }, objective);
  const known: Trial[] = [];
  const milliseconds: number[] = [];
  for (let number = 0; number < trials; number++) {
    const before = process.cpuUsage();
    const parameters = sampler.propose(known, number);
    const { user, system } = process.cpuUsage(before);
    if (!parameters) throw new Error(`the sampler proposed nothing for trial ${number} of ${fn.name}`);
    milliseconds.push((user + system) / 1000);
    known.push({ number, parameters, state: "completed", values: [fn.at(parameters)] });
  }
  return {
    function: fn.name,
    sampler: "ours",
    seed,
    values: known.map(({ values }) => values[0]!),
    milliseconds,
  };
}

async function runPeer(python: string, sampler: string, more: readonly string[]): Promise<Run[]> {
  const kept = join(dirname(dirname(python)), `${sampler}-${trials}.jsonl`);
  const args = [
    peer,
    "--samplers",
    sampler,
    "--seeds",
    options.seeds,
    "--trials",
    String(trials),
    "--into",
    kept,
  ];
  await runProgram(python, [...args, ...more], {
    env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONWARNINGS: "ignore" },
  });
  return readRuns(readFileSync(kept, "utf8")).filter(({ seed }) => seed < seeds);
}

function readRuns(text: string): Run[] {
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Run);
}

/** Both sides hold the functions; a difference between them would make the comparison worthless. */
async function checkSameFunctions(python: string): Promise<void> {
  const asked = Object.fromEntries(
    functions.map(({ name, space }) => {
      const sampler = createSampler(
        space,
        { type: "random", seed: 7 },
        { primaryMetric: "value", goal: "minimize" },
      );
      return [name, sampler.propose([], 0)!];
    }),
  );
  const answer = await runProgram(python, [peer, "--evaluate", JSON.stringify(asked)]);
  const theirs = JSON.parse(answer.trim().split("\n").at(-1)!) as Record<string, number>;
  for (const fn of functions) {
    const { name } = fn;
    const own = fn.at(asked[name]!);
    if (!(Math.abs(own - theirs[name]!) <= 1e-9 * Math.abs(own))) {
      throw new Error(`${name} is ${own} here and ${theirs[name]} in ${peer}`);
    }
  }
}

/** A Python with the peer in it, made once in the temporary folder. */
async function ensurePython(): Promise<string> {
  const folder = join(tmpdir(), `trainyard-bench-${packages.join("-").replace(/[^\w.-]/g, "")}`);
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, "pyvenv.cfg"))) await runProgram("python3", ["-m", "venv", folder]);
  await runProgram(python, ["-m", "pip", "install", "--quiet", ...packages]);
  return python;
}

function describe(ours: readonly Run[], tpe: readonly Run[], gp: readonly Run[], machine: string): string {
  const rows: string[] = [];
  const tally = { tpe: [0, 0], gp: [0, 0] };
  for (const { name, least } of functions) {
    for (const [column, after] of [50, trials].entries()) {
      const off = (runs: readonly Run[]) =>
        runs
          .filter((run) => run.function === name)
          .map(({ values }) => Math.min(...values.slice(0, after)) - least);
      const [own, ofTpe, ofGp] = [off(ours), off(tpe), off(gp)];
      const verdicts = { tpe: judge(own, ofTpe), gp: judge(own, ofGp) };
      if (verdicts.tpe === "better") tally.tpe[column]!++;
      if (verdicts.gp === "better" || verdicts.gp === "level") tally.gp[column]!++;
      const cells = [name, after, show(own), show(ofTpe), verdicts.tpe, show(ofGp), verdicts.gp];
      rows.push(`| ${cells.join(" | ")} |`);
    }
  }
  const time = (runs: readonly Run[]) => {
    const all = runs.flatMap(({ milliseconds }) => milliseconds);
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  const gpSeeds = new Set(gp.map(({ seed }) => seed)).size;
  const share = time(ours) / time(gp);
  const verdict = (isMet: boolean) => (isMet ? "met" : "MISSED");
  return [
    "### samplers",
    "",
    `\`node bench/samplers.ts\`: our \`bayesian\` sampler against Optuna 5.0.0's TPESampler and GPSampler with their defaults, one trial after the other. The median of how far the best of the first 50 and 100 trials is from the least value that there is; ${seeds} seeds of ours and of TPE, **${gpSeeds} seeds of GP**. "Better" goes by the medians; "level" is a larger median where chance alone could make the difference (Mann–Whitney, two-sided, 5 %). Each sampler ran in one thread of a process of its own; its time is the processor's, as a mean of all proposals. ${machine}`,
    "",
    "| function | trials | Trainyard | TPE | against TPE | GP | against GP |",
    "| --- | ---: | ---: | ---: | --- | ---: | --- |",
    ...rows,
    "",
    `- Better than TPE on all seven: after 50 trials on ${tally.tpe[0]}, after 100 on ${tally.tpe[1]}; ${verdict(Math.min(...tally.tpe) === 7)}.`,
    `- Level with or better than GP on at least five: after 50 trials on ${tally.gp[0]}, after 100 on ${tally.gp[1]}; ${verdict(Math.min(...tally.gp) >= 5)}.`,
    `- Time for a proposal: ${time(ours).toFixed(1)} ms; TPE ${time(tpe).toFixed(1)} ms, GP ${time(gp).toFixed(0)} ms. Under a tenth of GP's: ${share.toFixed(3)}; ${verdict(share < 0.1)}.`,
  ].join("\n");
}

type Verdict = "better" | "level" | "worse" | "not run";

function judge(own: readonly number[], theirs: readonly number[]): Verdict {
  if (theirs.length === 0) return "not run";
  if (median(own) < median(theirs)) return "better";
  return couldBeChance(own, theirs) ? "level" : "worse";
}

/** Mann and Whitney's test by its normal approximation. */
function couldBeChance(a: readonly number[], b: readonly number[]): boolean {
  let wins = 0;
  for (const x of a) for (const y of b) wins += x < y ? 1 : x === y ? 0.5 : 0;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return Math.abs(wins - (a.length * b.length) / 2) / deviation < 1.96;
}

function show(values: readonly number[]): string {
  return values.length === 0 ? "" : median(values).toPrecision(2);
}
