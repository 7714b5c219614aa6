// How many short trials a minute a sweep runs, against a plain loop over the same command and against Ray Tune.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timed } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { runProgram } from "./processes.ts";

const trials = 100;
/** Of Ray Tune, which takes seconds for what a loop does in one. */
const rayTrials = 20;
const atOnce = 10;

const program = `
import sys
from azureml.core import Run
Run.get_context().log("loss", (float(sys.argv[1]) - 1) ** 2)
`;

const sweepFile = (name: string, total: number, command: string) => `
name: ${name}
type: sweep
trial:
  code: src
  command: ${command}
  environment: {image: python}
compute: ten
search_space: {x: {type: uniform, min_value: -3, max_value: 3}}
objective: {primary_metric: loss, goal: minimize}
sampling_algorithm: {type: random, seed: 1}
limits: {max_total_trials: ${total}, max_concurrent_trials: ${Math.min(atOnce, total)}}
`;

const trialCommand = "python3 train.py ${{search_space.x}}";

export const sweeps: Benchmark = {
  name: "sweeps",
  about: `A sweep of ${trials} trials of a script that logs one metric, ${atOnce} at once, from the command to the end of the sweep; against \`xargs -P ${atOnce}\` over the same command with a trial's own variables and interpreter, before and after it; and against Ray Tune, whose trainable runs that command (${rayTrials} trials, without the start of Ray). Each trial is a session of its own, which Linux gives its own share of a busy machine, and the loop is one; so the processor time of a trial is shown too: for Trainyard that of the server, the agent and the trials`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-sweeps-"));
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src", "train.py"), program);
    await using house = openHouse();
    try {
      await house.run("compute", "create", "-n", "ten", "--type", "amlcompute", "--max-instances", "10");
      const variables = await variablesOfTrial(house, folder);
      const plain = [await plainLoop(folder, variables)];
      const before = cpuMs(house.serverPid()) + cpuMs(house.agentPid(), true);
      const ours = await runSweep(house, folder, "measured", trials, trialCommand);
      const oursCpu = (cpuMs(house.serverPid()) + cpuMs(house.agentPid(), true) - before) / trials;
      const plainBefore = cpuMs(process.pid, true) - cpuMs(process.pid);
      plain.push(await plainLoop(folder, variables));
      const plainCpu = (cpuMs(process.pid, true) - cpuMs(process.pid) - plainBefore) / trials;
      const perSecond = trials / (ours / 1000);
      const rows: Comparison[] = [
        {
          what: "trials of a trivial script",
          unit: "per second",
          ours: [perSecond],
          peer: { name: `xargs -P ${atOnce}`, samples: plain },
          target: { leastRatio: 0.7 },
        },
        {
          what: "processor time of a trial",
          unit: "ms",
          ours: [oursCpu],
          peer: { name: `xargs -P ${atOnce}`, samples: [plainCpu] },
          target: { mostRatio: 1.4 },
        },
      ];
      const ray = await rayTune(folder, variables);
      rows.push({
        what: ray === undefined ? "the same (Ray Tune could not be installed)" : "the same",
        unit: "per second",
        ours: [perSecond],
        ...(ray !== undefined && { peer: { name: "Ray Tune", samples: [ray] }, target: { leastRatio: 10 } }),
      });
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** User and system time of a process so far, with that of the children it has waited for where wanted. */
function cpuMs(pid: number, withChildren = false): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, withChildren ? 15 : 13);
  return ticks.reduce((sum, one) => sum + Number(one), 0) * 10;
}

async function runSweep(
  house: House,
  folder: string,
  name: string,
  total: number,
  command: string,
): Promise<number> {
  const file = join(folder, `${name}.yml`);
  writeFileSync(file, sweepFile(name, total, command));
  return timed(async () => {
    await house.run("job", "create", "-f", file);
    const state = await house.waitFor(name);
    if (state !== "Completed") throw new Error(`the sweep ${name} ended ${state}`);
  });
}

/** What a trial's process gets, so that the loop starts the same interpreter in the same surroundings. */
async function variablesOfTrial(house: House, folder: string): Promise<NodeJS.ProcessEnv> {
  const command = `bash -c 'env -0 > "${folder}/variables"; ${trialCommand}'`;
  await runSweep(house, folder, "variables", 1, JSON.stringify(command));
  const text = await runProgram("cat", [join(folder, "variables")]);
  const pairs = text.split("\0").flatMap((line) => {
    const at = line.indexOf("=");
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
  });
  return Object.fromEntries(pairs);
}

const runFolder = (folder: string): string => {
  const path = mkdtempSync(join(folder, "run-"));
  for (const name of ["records", "files"]) mkdirSync(join(path, name));
  return path;
};

/** Trials a second. */
async function plainLoop(folder: string, variables: NodeJS.ProcessEnv): Promise<number> {
  const env = { ...variables, TRAINYARD_RUN_FOLDER: runFolder(folder) };
  const loop = `seq ${trials} | xargs -P ${atOnce} -I{} python3 train.py {}`;
  const ms = await timed(() => runProgram("bash", ["-c", loop], { cwd: join(folder, "src"), env }));
  return trials / (ms / 1000);
}

/** Trials a second; undefined when Ray could not be installed. */
async function rayTune(folder: string, variables: NodeJS.ProcessEnv): Promise<number | undefined> {
  const venv = join(tmpdir(), "trainyard-bench-ray");
  const python = join(venv, "bin", "python");
  try {
    if (!existsSync(join(venv, "pyvenv.cfg"))) await runProgram("python3", ["-m", "venv", venv]);
    await runProgram(python, ["-m", "pip", "install", "--quiet", "ray[tune]==2.60.0"]);
  } catch (error) {
    console.error(`  Ray Tune was left out: ${String(error).split("\n").at(-1)}`);
    return undefined;
  }
  const env = { ...process.env, ...variables, TRAINYARD_RUN_FOLDER: runFolder(folder) };
  const python3 = (await runProgram("bash", ["-c", "command -v python3"], { env: variables })).trim();
  const script = join(import.meta.dirname, "sweeps_ray.py");
  const args = [script, String(rayTrials), String(atOnce), python3, join(folder, "src", "train.py")];
  const printed = await runProgram(python, args, { env, cwd: folder });
  return rayTrials / Number(/^seconds (.+)$/m.exec(printed)![1]);
}
