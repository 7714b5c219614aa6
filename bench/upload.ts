// Uploading a folder of 20,000 files and 2 GB with the command line, against `cp -r`; again; and after an interruption.
// Then ten jobs that mount one input of 1 GB, and what they take on the disk together.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeLayout } from "../src/core/home.ts";
import { systemClock } from "../src/lib/clock.ts";
import { timed } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse, trainyard } from "./house.ts";
import type { House } from "./house.ts";
import { processorTimeOf, runProgram, timeProgram } from "./processes.ts";

const fileCount = 20_000;
const fileBytes = 100_000;
const allBytes = fileCount * fileBytes;
const rounds = 2;
const jobs = 10;
const inputBytes = 1_000_000_000;

export const upload: Benchmark = {
  name: "upload",
  about:
    "`trainyard data create` of a folder of 20,000 files of 100 kB, each durable on the server when it is answered, against `cp -r` of the same folder on the same disk, which syncs nothing; then again unchanged, as if the server were on another machine, and after an upload that was killed half-way; then ten jobs at once that mount one input of 1 GB",
  async run() {
    const work = mkdtempSync(join(tmpdir(), "trainyard-bench-upload-"));
    try {
      const folder = join(work, "folder");
      makeFolder(folder);
      return [...(await measureUploads(work, folder)), await measureMounts(work)];
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
};

/** As random as pictures that are compressed already. */
function makeFolder(folder: string): void {
  for (let number = 0; number < fileCount; number++) {
    const part = join(folder, `part-${Math.floor(number / 100)}`);
    if (number % 100 === 0) mkdirSync(part, { recursive: true });
    writeFileSync(join(part, `sample-${number}.bin`), randomBytes(fileBytes));
  }
}

const creating = (folder: string) => [
  "data",
  "create",
  "-n",
  "samples",
  "--path",
  folder,
  "--type",
  "uri_folder",
  "-o",
  "none",
];

async function measureUploads(work: string, folder: string): Promise<Comparison[]> {
  const copying: Work[] = [];
  const first: Work[] = [];
  const again: Work[] = [];
  const overHttp: Work[] = [];
  const waits: number[] = [];
  const afterBreak: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const copy = join(work, "copy");
    await settle();
    copying.push(await timeProgram("cp", ["-r", folder, copy]));
    rmSync(copy, { recursive: true });
    {
      await using house = openHouse();
      await house.run("server", "start");
      await settle();
      const watching = watchAnswers(house);
      first.push(await timeUpload(house, folder));
      waits.push(await watching.longestMs());
      again.push(await timeUpload(house, folder));
    }
    {
      await using house = openHouse();
      await house.run("server", "start");
      await settle();
      overHttp.push(await timeUpload(house, folder, asFromElsewhere(house)));
    }
    await using house = openHouse();
    await house.run("server", "start");
    afterBreak.push(await uploadBroken(house, folder));
  }
  const wall = (all: readonly Work[]) => all.map(({ seconds }) => seconds);
  const processor = (all: readonly Work[]) => all.map(({ processorSeconds }) => processorSeconds);
  const peer = { name: "cp -r", samples: wall(copying) };
  const peerWork = { name: "cp -r", samples: processor(copying) };
  return [
    {
      what: "2 GB in 20,000 files, first upload",
      unit: "s",
      ours: wall(first),
      peer,
      target: { mostRatio: 1.5 },
    },
    {
      what: "its processor time, client and server together",
      unit: "s",
      ours: processor(first),
      peer: peerWork,
    },
    {
      what: "the longest that another caller waits for an answer of the server meanwhile",
      unit: "ms",
      ours: waits,
      target: { most: 250 },
    },
    { what: "the same folder unchanged", unit: "s", ours: wall(again), target: { most: 2 } },
    { what: "its processor time, client and server together", unit: "s", ours: processor(again) },
    { what: "the same 2 GB to a server elsewhere, over HTTP", unit: "s", ours: wall(overHttp), peer },
    {
      what: "its processor time, client and server together",
      unit: "s",
      ours: processor(overHttp),
      peer: peerWork,
    },
    {
      what: "sent twice when an upload was killed half-way and started again",
      unit: "MB",
      ours: afterBreak,
      target: { most: allBytes / 1e6 / 20 },
    },
  ];
}

interface Work {
  seconds: number;
  processorSeconds: number;
}

async function timeUpload(house: House, folder: string, env = house.env): Promise<Work> {
  const server = house.serverPid();
  const before = processorTimeOf(server);
  const { seconds, processorSeconds } = await timeProgram(trainyard, creating(folder), { env });
  return { seconds, processorSeconds: processorSeconds + processorTimeOf(server) - before };
}

/** A client that knows nothing of the server's home sends all bytes. */
function asFromElsewhere(house: House): NodeJS.ProcessEnv {
  const { url } = JSON.parse(readFileSync(join(house.home, homeLayout.serverFile), "utf8")) as {
    url: string;
  };
  const token = readFileSync(join(house.home, homeLayout.tokenFile), "utf8").trim();
  return {
    ...house.env,
    TRAINYARD_URL: url,
    TRAINYARD_TOKEN: token,
    TRAINYARD_HOME: join(house.home, "elsewhere"),
  };
}

/** Asks the server for a sign of life again and again. */
function watchAnswers(house: House): { longestMs(): Promise<number> } {
  const client = house.client();
  const stop = new AbortController();
  const asking = (async () => {
    let longest = 0;
    while (!stop.signal.aborted) {
      longest = Math.max(longest, await timed(() => client.health({})));
      await systemClock.sleep(10, stop.signal);
    }
    return longest;
  })();
  return {
    longestMs() {
      stop.abort();
      return asking;
    },
  };
}

/** What earlier steps have left to write would be the next one's burden. */
const settle = () => runProgram("sync", []);

/** Megabytes that travelled although the server had them: what both uploads sent beyond the folder's own size. */
async function uploadBroken(house: House, folder: string): Promise<number> {
  const blobs = join(house.home, homeLayout.blobs);
  const child = spawn(trainyard, creating(folder), { env: house.env, stdio: "ignore" });
  const ended = once(child, "exit");
  while (child.exitCode === null && sizeOf(blobs) < allBytes / 2) await systemClock.sleep(20);
  child.kill("SIGKILL");
  await ended;
  await systemClock.sleep(500);
  const kept = sizeOf(blobs) / 1e6;
  const said = await house.run(...creating(folder));
  const sent = /Uploaded ([\d.]+) (MB|GB)/.exec(said);
  if (!sent) throw new Error(`the second upload did not say what it sent:\n${said}`);
  const sentAgain = Number(sent[1]) * (sent[2] === "GB" ? 1000 : 1);
  return Math.max(0, kept + sentAgain - allBytes / 1e6);
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

async function measureMounts(work: string): Promise<Comparison> {
  await using house = openHouse();
  writeFileSync(join(work, "input.bin"), randomBytes(inputBytes));
  const gate = join(work, "gate");
  const file = join(work, "job.yml");
  const command = `wc -c < \${{inputs.table}}; until [ -e ${gate} ]; do sleep 0.1; done`;
  writeFileSync(
    file,
    `command: ${JSON.stringify(command)}\nenvironment: {image: python}\ncompute: local\ninputs:\n  table: {type: uri_file, path: input.bin, mode: ro_mount}\n`,
  );
  const names: string[] = [];
  for (let number = 0; number < jobs; number++) {
    names.push(
      (await house.run("job", "create", "-f", file, "--query", "name", "-o", "tsv"))
        .trim()
        .split("\n")
        .at(-1)!,
    );
  }
  const client = house.client();
  for (const name of names) {
    while (["Starting", "Preparing"].includes((await client.getJob({ params: { run: name } })).state)) {
      await systemClock.sleep(100);
    }
  }
  const agent = join(house.home, homeLayout.agents, "local");
  const [kilobytes = ""] = execFileSync("du", ["-sk", agent], { encoding: "utf8" }).split("\t");
  writeFileSync(gate, "");
  for (const name of names) {
    const state = await house.waitFor(name);
    if (state !== "Completed") throw new Error(`${name} is ${state}`);
  }
  return {
    what: `disk of ${jobs} jobs at once that mount the same 1 GB`,
    unit: "MB",
    ours: [(Number(kilobytes) * 1024) / 1e6],
    target: { most: (inputBytes / 1e6) * 1.1 },
  };
}
