// Snapshots of a tree of 10,000 files and 200 MB, hashed, sent over HTTP and durable on the server, against
// `git add -A && git commit` and `restic backup` of the same tree in the same run. Run it with:
//   node bench/snapshot.ts
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "../src/api/client.ts";
import { createHttpTransport } from "../src/api/http-transport.ts";
import { uploadSnapshot } from "../src/api/upload-snapshot.ts";
import { systemClock } from "../src/lib/clock.ts";
import { takeSnapshot } from "../src/snapshot/take-snapshot.ts";

const fileCount = 10_000;
const fileBytes = 20_000;
const rounds = 5;

const work = mkdtempSync(join(tmpdir(), "trainyard-bench-"));
const tree = join(work, "tree");
const quiet = { stdio: "ignore" } as const;

try {
  makeTree();
  const git = measurePeer(prepareGit());
  const restic = hasProgram("restic") ? measurePeer(prepareRestic()) : undefined;
  await using server = await startServer();
  const ours = await measureOurs(server.client);

  print("git add -A && git commit", git);
  if (restic) print("restic backup", restic);
  else console.log("restic is not installed");
  print("takeSnapshot + uploadSnapshot", ours);
  console.log(`after one change: ${ours.sentAgain.join(", ")} blobs sent beside the manifest`);
  judge("first, of git's time", ours.firstMs / git.firstMs, 0.6);
  judge("again, of git's time", ours.againMs / git.againMs, 3);
  if (restic) judge("again, of restic's time", ours.againMs / restic.againMs, 1 / 5);
  judge("blobs sent after one change", Math.max(...ours.sentAgain), 1);
} finally {
  rmSync(work, { recursive: true, force: true });
}

interface Measured {
  firstMs: number;
  /** The median. */
  againMs: number;
}

/** Half of each file can be compressed, half cannot: between code and data. */
function makeTree(): void {
  for (let number = 0; number < fileCount; number++) {
    const folder = join(tree, `part-${Math.floor(number / 100)}`);
    if (number % 100 === 0) mkdirSync(folder, { recursive: true });
    const noise = randomBytes(fileBytes / 4).toString("hex");
    writeFileSync(
      join(folder, `module-${number}.py`),
      noise + "x = 1  # a line of code\n".repeat(10_000).slice(0, fileBytes / 2),
    );
  }
}

function changeOneFile(round: number): void {
  writeFileSync(join(tree, "part-7", "module-700.py"), randomBytes(fileBytes / 2).toString("hex") + round);
}

function measurePeer(save: () => void): Measured {
  const firstMs = time(save);
  const again = Array.from({ length: rounds }, (_, round) => {
    changeOneFile(round);
    return time(save);
  });
  return { firstMs, againMs: median(again) };
}

function prepareGit(): () => void {
  const git = [
    "--git-dir",
    join(work, "git"),
    "--work-tree",
    tree,
    "-c",
    "user.name=b",
    "-c",
    "user.email=b@b",
  ];
  execFileSync("git", [...git, "init", "-q"], quiet);
  return () => {
    execFileSync("git", [...git, "add", "-A"], { ...quiet, cwd: tree });
    execFileSync("git", [...git, "commit", "-qm", "x"], { ...quiet, cwd: tree });
  };
}

function prepareRestic(): () => void {
  const env = { ...process.env, RESTIC_PASSWORD: "x", RESTIC_REPOSITORY: join(work, "restic") };
  execFileSync("restic", ["init"], { ...quiet, env });
  return () => void execFileSync("restic", ["-q", "backup", tree], { ...quiet, env });
}

async function measureOurs(client: Client): Promise<Measured & { sentAgain: number[] }> {
  const cacheFolder = join(work, "cache");
  const save = async () => {
    const taken = await takeSnapshot(tree, { clock: systemClock, cacheFolder });
    return uploadSnapshot(client, taken);
  };
  const started = performance.now();
  await save();
  const firstMs = performance.now() - started;
  const again: number[] = [];
  const sentAgain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    changeOneFile(round);
    // A person needs longer than this between saving and submitting; right after a write we wait for quiet.
    await systemClock.sleep(100);
    const started = performance.now();
    const sent = await save();
    again.push(performance.now() - started);
    sentAgain.push(sent.sentFiles);
  }
  return { firstMs, againMs: median(again), sentAgain };
}

async function startServer(): Promise<{ client: Client } & AsyncDisposable> {
  const home = join(work, "home");
  const program = join(import.meta.dirname, "../src/server/start.ts");
  const args = [program, "--home", home, "--port", "0", "--log-level", "info"];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    server.stderr.on("data", (lines: Buffer) => lines.includes("listening") && resolve());
    server.once("exit", () => reject(new Error("the server ended at once")));
  });
  const { url } = JSON.parse(readFileSync(join(home, "server.json"), "utf8")) as { url: string };
  const transport = createHttpTransport(url);
  return {
    client: createClient(transport, readFileSync(join(home, "token"), "utf8").trim()),
    async [Symbol.asyncDispose]() {
      transport.close();
      const ended = once(server, "exit");
      server.kill();
      await ended;
    },
  };
}

function hasProgram(name: string): boolean {
  return spawnSync(name, ["version"], quiet).status === 0;
}

function time(act: () => void): number {
  const started = performance.now();
  act();
  return performance.now() - started;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function print(name: string, { firstMs, againMs }: Measured): void {
  console.log(
    `${name.padEnd(32)} first ${firstMs.toFixed(0).padStart(6)} ms, after one change ${againMs.toFixed(0).padStart(5)} ms`,
  );
}

function judge(what: string, ratio: number, target: number): void {
  console.log(
    `${ratio <= target ? "met   " : "MISSED"} ${what}: ${ratio.toFixed(2)} (target ≤ ${target.toFixed(2)})`,
  );
  if (ratio > target) process.exitCode = 1;
}
