// How soon a job of 2 x 2 processes is over, or goes on, after kill -9 of any one part of it.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/lib/clock.ts";
import { isFinal } from "../src/core/job.ts";
import { findJobProcesses, isUserProcess, jobParts, killPart } from "../test/support/job-parts.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { isThere } from "./processes.ts";

/** Its processes ignore TERM, so that what is left of them has to be killed, and say something all the time. */
const command = "trap '' TERM; (while :; do echo tick; sleep 0.1; done) & sleep 600";
const frameworks = [
  { name: "PyTorch", distribution: "{type: pytorch, process_count: 4}", hasMpirun: false },
  { name: "MPI", distribution: "{type: mpi, process_count_per_instance: 2}", hasMpirun: true },
];
const patienceMs = 120_000;

export const kills: Benchmark = {
  name: "kills",
  about:
    "kill -9 of one part of a job of 2 nodes with 2 processes each, all of which ignore TERM: the seconds until the job is Failed and no process of it is left; and of agent or server, until a line that was printed after the kill is stored (of the server with the next command). `group` is a rank with its shell, `node` everything of the second node, `daemon` mpirun's on that node",
  async run(rounds = 2) {
    const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-kills-"));
    const rows: Comparison[] = [];
    try {
      await using house = openHouse();
      await house.run("server", "start");
      for (const { name, distribution, hasMpirun } of frameworks) {
        if (hasMpirun && !isThere("mpirun")) continue;
        const file = join(folder, `${name}.yml`);
        writeFileSync(file, jobFile(distribution));
        for (const part of jobParts) {
          if (!hasMpirun && /mpirun|daemon/.test(part)) continue;
          const ours = await repeat(rounds, () => untilStopped(house, file, part));
          rows.push({ what: `${name}, ${part}: all of it stopped`, unit: "s", ours, target: { most: 5 } });
        }
        for (const victim of ["agent", "server"] as const) {
          const ours = await repeat(rounds, () => untilGoingOn(house, file, victim, "SIGKILL"));
          rows.push({ what: `${name}, ${victim}: goes on`, unit: "s", ours, target: { most: 5 } });
        }
      }
      const file = join(folder, "PyTorch.yml");
      const ours = await repeat(1, () => untilGoingOn(house, file, "agent", "SIGSTOP"));
      rows.push({ what: "PyTorch, an agent that is stopped (SIGSTOP): goes on", unit: "s", ours });
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const jobFile = (distribution: string): string => `command: ${JSON.stringify(command)}
environment: {interpreter: python3}
compute: {target: local, instance_count: 2}
distribution: ${distribution}
`;

async function repeat(rounds: number, once: () => Promise<number>): Promise<number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push((await once()) / 1000);
  return seconds;
}

async function untilStopped(house: House, file: string, part: (typeof jobParts)[number]): Promise<number> {
  const run = await startJob(house, file);
  const began = performance.now();
  await killPart(part, allPids());
  await until(async () => (await processesOf(house)).length === 0 && isFinal(await stateOf(house, run)));
  return performance.now() - began;
}

async function untilGoingOn(
  house: House,
  file: string,
  victim: "agent" | "server",
  signal: "SIGKILL" | "SIGSTOP",
): Promise<number> {
  const run = await startJob(house, file);
  await until(async () => (await logSize(house, run)) > 0);
  const pid = victim === "agent" ? house.agentPid() : house.serverPid();
  const began = performance.now();
  process.kill(pid, signal);
  if (victim === "server") await house.run("job", "show", "-n", run);
  // What was under way at the kill arrives at once; a line more is one of after it.
  const before = await logSize(house, run);
  await until(async () => (await logSize(house, run)) > before);
  const took = performance.now() - began;
  await house.run("job", "cancel", "-n", run);
  await until(async () => isFinal(await stateOf(house, run)));
  return took;
}

async function startJob(house: House, file: string): Promise<string> {
  const run = (await house.run("job", "create", "-f", file, "--query", "name", "-o", "tsv")).trim();
  await until(async () => (await processesOf(house)).filter(isUserProcess).length === 4);
  return run;
}

const allPids = (): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

async function processesOf({ home }: House) {
  const found = await findJobProcesses(allPids());
  return found.filter(({ variables }) => [...variables.values()].some((value) => value.includes(home)));
}

const stateOf = async (house: House, run: string) => (await house.client().getJob({ params: { run } })).state;

async function logSize(house: House, run: string): Promise<number> {
  const query = { prefix: "azureml-logs/70_driver_log_0" };
  const { artifacts } = await house.client().listArtifacts({ params: { run }, query });
  return artifacts[0]?.sizeBytes ?? 0;
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isThere())) {
    if (performance.now() > deadline)
      throw new Error(`nothing came of it within ${patienceMs / 1000} seconds`);
    await systemClock.sleep(20);
  }
}
