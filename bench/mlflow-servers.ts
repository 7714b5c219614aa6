// The two servers that are compared, each with its data in a folder of its own: ours and the newest `mlflow server`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeLayout } from "../src/core/home.ts";
import { systemClock } from "../src/lib/clock.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { openConnection } from "./mlflow-http.ts";
import type { Connection } from "./mlflow-http.ts";
import { runProgram } from "./processes.ts";

export interface TrackingServer extends AsyncDisposable {
  url: string;
  token: string;
  pid: number;
  home: string;
  connect(): Promise<Connection>;
}

const serverOf = (
  parts: Omit<TrackingServer, "connect" | typeof Symbol.asyncDispose>,
  end: () => PromiseLike<void>,
): TrackingServer => ({
  ...parts,
  connect: () => openConnection(parts.url, parts.token),
  [Symbol.asyncDispose]: end,
});

export async function startOurs(): Promise<TrackingServer> {
  const house = openHouse();
  await house.run("server", "start");
  return serverOfHouse(house);
}

/** The server that runs in a house; it ends with it. */
export function serverOfHouse(house: House): TrackingServer {
  const file = readFileSync(join(house.home, homeLayout.serverFile), "utf8");
  const { url, pid } = JSON.parse(file) as { url: string; pid: number };
  const token = readFileSync(join(house.home, homeLayout.tokenFile), "utf8").trim();
  return serverOf({ url, token, pid, home: house.home }, () => house[Symbol.asyncDispose]());
}

/** The Python with the whole of mlflow, made on first use and kept. */
export async function officialPython(): Promise<string> {
  const folder = join(tmpdir(), "trainyard-bench-mlflow");
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    rmSync(folder, { recursive: true, force: true });
    await runProgram("python3", ["-m", "venv", folder]);
    await runProgram(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", "mlflow"]);
    writeFileSync(join(folder, "ready"), "");
  }
  return python;
}

export async function officialVersion(): Promise<string> {
  const print = "import importlib.metadata as m; print(m.version('mlflow'))";
  return (await runProgram(await officialPython(), ["-c", print])).trim();
}

/** It imports for tens of seconds, and for minutes on a busy machine. */
const startLimitSeconds = 180;

/** One worker on SQLite, as in the figures that the targets were taken from. */
export async function startOfficial(): Promise<TrackingServer> {
  const python = await officialPython();
  const home = mkdtempSync(join(tmpdir(), "trainyard-bench-official-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const where = ["--backend-store-uri", `sqlite:///${home}/mlflow.db`, "--artifacts-destination", home];
  const child = spawn(
    python,
    ["-m", "mlflow", "server", ...where, "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
    { cwd: home, stdio: "ignore", detached: true, env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" } },
  );
  const end = async () => {
    try {
      // The server and what it started, which are a group of their own.
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // It has ended already.
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  for (let tries = 0; tries < startLimitSeconds * 10; tries++) {
    const health = await fetch(`${url}/health`).catch(() => undefined);
    if (health?.ok) return serverOf({ url, token: "", pid: child.pid!, home }, end);
    await systemClock.sleep(100);
  }
  await end();
  throw new Error(`mlflow server did not come up within ${startLimitSeconds} seconds`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
