// A program that prints ten million lines, as a job and by itself: how much longer, and is every byte there?
import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, timed } from "./benchmark.ts";
import type { Benchmark } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { memoryOf } from "./processes.ts";

const lines = 10_000_000;
const rounds = 3;
const program = `import sys

pad = "x" * 90
write = sys.stdout.write
for line in range(${lines}):
    write(f"{line:09d}{pad}\\n")
`;

export const log: Benchmark = {
  name: "log",
  about:
    "A Python program that writes ten million lines of 100 bytes (1 GB) to its output, as a job until it is Completed with its log durable on the server, against the same program with its output in a file, unbuffered as in a job. The log is then read back and compared by hash",
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-log-"));
    try {
      writeFileSync(join(folder, "print.py"), program);
      writeFileSync(
        join(folder, "job.yml"),
        "command: python3 print.py\ncode: .\nenvironment: python:3\ncompute: local\n",
      );
      return await measure(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(folder: string) {
  await using house = openHouse();
  await house.run("server", "start");
  const plainLog = join(folder, "..", `${folder.split("/").at(-1)}.txt`);
  let job = "";
  try {
    const unbuffered = await alternate(
      rounds,
      async (round) => {
        job = `print-${round}`;
        return timed(() => runJob(house, folder, job));
      },
      () => timed(() => runPlain(folder, plainLog)),
    );
    const isSame = (await hashOf(createReadStream(plainLog))) === (await hashOf(await readLog(house, job)));
    if (!isSame) throw new Error("the log on the server is not the bytes that the program wrote");
    console.log("  every byte of the log is there");
    return [
      {
        what: "printing 1 GB, from submit to Completed",
        unit: "ms" as const,
        ours: unbuffered.ours,
        peer: { name: "python3 > file", samples: unbuffered.peer },
        target: { mostRatio: 2 },
      },
      {
        what: "the server's largest resident memory meanwhile",
        unit: "MB" as const,
        ours: [memoryOf(house.serverPid(), "VmHWM")],
        target: { most: 300 },
      },
    ];
  } finally {
    rmSync(plainLog, { force: true });
  }
}

async function runJob(house: House, folder: string, name: string): Promise<void> {
  await house.run("job", "create", "--file", join(folder, "job.yml"), "--name", name);
  const state = await house.waitFor(name);
  if (state !== "Completed") throw new Error(`the job ended as ${state}`);
}

async function runPlain(folder: string, output: string): Promise<void> {
  const file = openSync(output, "w");
  const env = { ...process.env, PYTHONUNBUFFERED: "1" };
  const child = spawn("python3", ["print.py"], { cwd: folder, env, stdio: ["ignore", file, "inherit"] });
  closeSync(file);
  await once(child, "exit");
}

const readLog = (house: House, run: string): Promise<AsyncIterable<Uint8Array>> =>
  house.client().readArtifact({ params: { run }, query: { path: "azureml-logs/70_driver_log.txt" } });

async function hashOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of source) hash.update(chunk);
  return hash.digest("hex");
}
