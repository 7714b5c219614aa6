// From the command line's start to the first line of the user's own output.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse, root, trainyard } from "./house.ts";
import type { House } from "./house.ts";
import { isThere, runProgram, timeToLine } from "./processes.ts";

const job = join(root, "examples", "hello", "job.yml");
const submit = ["job", "create", "--file", job, "--stream"];
const marker = "Hello from";
/** Not the queue of whoever runs this. */
const ownQueue = { ...process.env, TS_SOCKET: join(tmpdir(), `trainyard-bench-${process.pid}.sock`) };
const plainCommand = `echo "${marker} bash"`;

export const hello: Benchmark = {
  name: "hello",
  about:
    "`trainyard job create -f examples/hello/job.yml --stream` from the start of the process to the job's first line on the terminal; against the same `echo` by `bash -c`, and by whatever queue is installed",
  async run() {
    return [await fromNothing(), ...(await withServer())];
  },
};

async function fromNothing(): Promise<Comparison> {
  await using warmUp = openHouse();
  await firstLine(warmUp);
  const { ours, peer } = await alternate(
    5,
    async () => {
      await using house = openHouse();
      return await firstLine(house);
    },
    plainShell,
  );
  return {
    what: "from nothing running, in a new home, to the first line",
    unit: "ms",
    ours,
    peer: { name: "bash -c", samples: peer },
    target: { most: 1500 },
  };
}

async function withServer(): Promise<Comparison[]> {
  await using house = openHouse();
  await firstLine(house);
  const what = "with the server up, to the first line";
  const compare = async (name: string, peer: () => Promise<number>): Promise<Comparison> => {
    const samples = await alternate(10, () => firstLine(house), peer);
    return {
      what,
      unit: "ms",
      ours: samples.ours,
      peer: { name, samples: samples.peer },
      target: { most: 600 },
    };
  };
  const comparisons = [await compare("bash -c", plainShell)];
  if (isThere("tsp")) {
    comparisons.push(await compare("task-spooler (tsp -f)", taskSpooler));
    await runProgram("tsp", ["-K"], { env: ownQueue });
  }
  if (isThere("sbatch")) comparisons.push(await compare("Slurm (srun)", srun));
  return comparisons;
}

const firstLine = (house: House) => timeToLine(trainyard, submit, marker, { env: house.env });
const plainShell = () => timeToLine("bash", ["-c", plainCommand], marker);
const taskSpooler = () =>
  timeToLine("tsp", ["-n", "-f", "bash", "-c", plainCommand], marker, { env: ownQueue });
const srun = () => timeToLine("srun", ["bash", "-c", plainCommand], marker);
