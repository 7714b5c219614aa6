// One large file up to a run and down again, through MLflow's interface, and what it costs the server in memory.
import { openSync, closeSync, mkdtempSync, rmSync, statfsSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timed } from "./benchmark.ts";
import type { Benchmark } from "./benchmark.ts";
import { officialPython, startOfficial, startOurs } from "./mlflow-servers.ts";
import type { TrackingServer } from "./mlflow-servers.ts";
import { memoryOf, runProgram } from "./processes.ts";

const wantedGigabytes = 5;
/** The file itself, each server's copy, and what one of them keeps aside meanwhile. */
const copiesNeeded = 5;

interface Figures {
  upSeconds: number;
  downSeconds: number;
  partsSeconds: number | undefined;
  megabytes: number;
}

export const artifacts: Benchmark = {
  name: "artifacts",
  about: `one file of ${wantedGigabytes} GB (1 GB where the disk has no room for more) sent by curl to a run and read back, compared byte for byte; then the same file sent by MLflow's own client in parts of 100 MB; memory is the most that any process of the server ever held (VmHWM); against the newest \`mlflow server\`, one worker, files in a local folder`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-artifacts-"));
    try {
      const free = statfsSync(folder);
      const room = free.bavail * free.bsize > wantedGigabytes * copiesNeeded * 1e9;
      const gigabytes = room ? wantedGigabytes : 1;
      const file = join(folder, "model.bin");
      makeFile(file, gigabytes * 1e9);
      const official = await measure(await startOfficial(), file, false);
      const ours = await measure(await startOurs(), file, true);
      const peer = (sample: number) => ({ name: "mlflow server", samples: [sample] });
      return [
        {
          what: `${gigabytes} GB up`,
          unit: "s",
          ours: [ours.upSeconds],
          peer: peer(official.upSeconds),
          target: { mostRatio: 1.5 },
        },
        {
          what: `${gigabytes} GB down, compared with the original`,
          unit: "s",
          ours: [ours.downSeconds],
          peer: peer(official.downSeconds),
          target: { mostRatio: 1.5 },
        },
        { what: `${gigabytes} GB up in parts, by MLflow's client`, unit: "s", ours: [ours.partsSeconds!] },
        {
          what: "memory of the server, at most",
          unit: "MB",
          ours: [ours.megabytes],
          peer: peer(official.megabytes),
          target: { most: 200 },
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Random bytes, again and again, each piece begun by its number, so that no piece is like another. */
function makeFile(path: string, sizeBytes: number): void {
  const piece = randomBytes(10_000_000);
  const file = openSync(path, "w");
  for (let at = 0; at < sizeBytes; at += piece.length) {
    piece.writeDoubleBE(at);
    writeSync(file, piece);
  }
  closeSync(file);
}

async function measure(server: TrackingServer, file: string, takesParts: boolean): Promise<Figures> {
  await using _ = server;
  const headers = { "content-type": "application/json", authorization: `Bearer ${server.token}` };
  const made = await fetch(`${server.url}/api/2.0/mlflow/runs/create`, {
    method: "POST",
    headers,
    body: JSON.stringify({ experiment_id: "0", start_time: 1 }),
  });
  const { run } = (await made.json()) as { run: { info: { run_id: string; artifact_uri: string } } };
  const at = `${server.url}/api/2.0/mlflow-artifacts/artifacts/${run.info.artifact_uri.replace("mlflow-artifacts:/", "")}/model.bin`;
  const curl = ["-sS", "--fail-with-body", "-H", `Authorization: Bearer ${server.token}`];
  const upMs = await timed(() => runProgram("curl", [...curl, "-T", file, at]));
  const compare = 'f="$1"; shift; curl "$@" | cmp - "$f"';
  const downMs = await timed(() => runProgram("sh", ["-c", compare, "sh", file, ...curl, at]));
  const partsMs = takesParts ? await timed(() => sendInParts(server, run.info.run_id, file)) : undefined;
  const megabytes = Math.max(...(await groupOf(server.pid)).map((pid) => memoryOf(pid, "VmHWM")));
  const seconds = (ms: number) => ms / 1000;
  return {
    upSeconds: seconds(upMs),
    downSeconds: seconds(downMs),
    partsSeconds: partsMs === undefined ? undefined : seconds(partsMs),
    megabytes,
  };
}

async function sendInParts(server: TrackingServer, run: string, file: string): Promise<void> {
  const script = `from mlflow import MlflowClient; MlflowClient().log_artifact("${run}", "${file}", "parts")`;
  await runProgram(await officialPython(), ["-c", script], {
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_TRACKING_TOKEN: server.token,
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: "true",
      MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: "100000000",
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
    },
  });
}

/** The server's process and what it has started. */
async function groupOf(pid: number): Promise<number[]> {
  const lines = (await runProgram("ps", ["-e", "-o", "pid=,ppid="])).trim().split("\n");
  const parents = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  const isBelow = (one: number | undefined): boolean =>
    one === pid || (one !== undefined && one > 1 && isBelow(parents.get(one)));
  return [...parents.keys()].filter(isBelow);
}
