// How many trials a minute a sweep runs, against a plain loop over the same command and against Ray Tune.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timed } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { runProgram } from "./processes.ts";
import { commandOf, sweepFile, writeWorkloads } from "./sweep-workloads.ts";
import type { Workload } from "./sweep-workloads.ts";

const atOnce = 10;
const rayVersion = "2.60.0";

export const sweeps: Benchmark = {
  name: "sweeps",
  about: `A sweep of 1,000 trials of a script that logs one number, and one of 20 trials of examples/sweep, ${atOnce} at once on a compute of ${atOnce} nodes, from the command to the end of the sweep; against \`xargs -P ${atOnce}\` over the same command with a trial's own variables and interpreter, before and after it; and against Ray Tune ${rayVersion}, whose trainable runs that command (40 and 20 trials, without the start of Ray). Each trial is a session of its own, which Linux gives its own share of a busy machine, and the loop is one; so the processor time of a trial is shown too: for Trainyard that of the server, the agent and the trials. A trial of LightGBM computes for three seconds on its own: there the loop itself is not ten times as quick as Ray Tune`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-sweeps-"));
    await using house = openHouse();
    try {
      await house.run("compute", "create", "-n", "ten", "--type", "amlcompute", "--max-instances", "10");
      const rows: Comparison[] = [];
      for (const workload of writeWorkloads(folder)) rows.push(...(await compare(house, folder, workload)));
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compare(house: House, folder: string, workload: Workload): Promise<Comparison[]> {
  const { what, trials } = workload;
  const variables = await variablesOfTrial(house, folder, workload);
  const before = await plainLoop(folder, workload, variables);
  const cpuBefore = cpuMs(house.serverPid()) + cpuMs(house.agentPid(), true);
  const ms = await runSweep(house, folder, workload, { name: workload.name, trials });
  const cpu = (cpuMs(house.serverPid()) + cpuMs(house.agentPid(), true) - cpuBefore) / trials;
  const after = await plainLoop(folder, workload, variables);
  const perMinute = (trials / ms) * 60_000;
  const loop = `xargs -P ${atOnce}`;
  const ray = await rayTune(folder, workload, variables);
  return [
    {
      what: `trials of ${what}`,
      unit: "per minute",
      ours: [perMinute],
      peer: { name: loop, samples: [before.perMinute, after.perMinute] },
      target: { leastRatio: 0.7 },
    },
    {
      what: "processor time of one of them",
      unit: "ms",
      ours: [cpu],
      peer: { name: loop, samples: [before.cpu, after.cpu] },
      target: { mostRatio: 1.4 },
    },
    {
      what: ray === undefined ? "the same trials (Ray Tune could not be installed)" : "the same trials",
      unit: "per minute",
      ours: [perMinute],
      ...(ray !== undefined && { peer: { name: "Ray Tune", samples: [ray] }, target: { leastRatio: 10 } }),
    },
  ];
}

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
  workload: Workload,
  options: { name: string; trials: number; command?: string },
): Promise<number> {
  const file = join(folder, `${options.name}.yml`);
  writeFileSync(file, sweepFile(workload, { ...options, atOnce }));
  return timed(async () => {
    await house.run("job", "create", "-f", file);
    const state = await house.waitFor(options.name);
    if (state !== "Completed") throw new Error(`the sweep ${options.name} ended ${state}`);
  });
}

/** What a trial's process gets, so that the loop starts the same interpreter in the same surroundings. */
async function variablesOfTrial(
  house: House,
  folder: string,
  workload: Workload,
): Promise<NodeJS.ProcessEnv> {
  const file = join(folder, `${workload.name}.variables`);
  const command = `bash -c 'env -0 > "${file}"; ${commandOf(workload)}'`;
  await runSweep(house, folder, workload, { name: `${workload.name}-variables`, trials: 1, command });
  const text = readFileSync(file, "utf8");
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

async function plainLoop(
  folder: string,
  { name, args, low, high, loopTrials }: Workload,
  variables: NodeJS.ProcessEnv,
): Promise<{ perMinute: number; cpu: number }> {
  const env = { ...variables, TRAINYARD_RUN_FOLDER: runFolder(folder) };
  const step = (high - low) / loopTrials;
  const loop = `seq ${low} ${step} ${high} | head -n ${loopTrials} | xargs -P ${atOnce} -I{} python ${args.join(" ")} {}`;
  const ofChildren = () => cpuMs(process.pid, true) - cpuMs(process.pid);
  const before = ofChildren();
  const ms = await timed(() => runProgram("bash", ["-c", loop], { cwd: join(folder, name), env }));
  return { perMinute: (loopTrials / ms) * 60_000, cpu: (ofChildren() - before) / loopTrials };
}

/** Trials a minute; undefined when Ray could not be installed. */
async function rayTune(
  folder: string,
  { name, args, low, high, rayTrials }: Workload,
  variables: NodeJS.ProcessEnv,
): Promise<number | undefined> {
  const venv = join(tmpdir(), `trainyard-bench-ray-${rayVersion}`);
  const python = join(venv, "bin", "python");
  try {
    if (!existsSync(join(venv, "pyvenv.cfg"))) await runProgram("python3", ["-m", "venv", venv]);
    await runProgram(python, ["-m", "pip", "install", "--quiet", `ray[tune]==${rayVersion}`]);
  } catch (error) {
    console.error(`  Ray Tune was left out: ${String(error).split("\n").at(-1)}`);
    return undefined;
  }
  const env = { ...process.env, ...variables, TRAINYARD_RUN_FOLDER: runFolder(folder) };
  const interpreter = (await runProgram("bash", ["-c", "command -v python"], { env: variables })).trim();
  const [file, ...rest] = args;
  const command = [interpreter, join(folder, name, file!), ...rest];
  const options = [rayTrials, atOnce, low, high].map(String);
  const printed = await runProgram(
    python,
    [join(import.meta.dirname, "sweeps_ray.py"), ...options, ...command],
    { env, cwd: folder },
  );
  return (rayTrials / Number(/^seconds (.+)$/m.exec(printed)![1])) * 60;
}
