// Runs the server as a child of this process, on this terminal, until it ends.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { serverProgram } from "./start-server.ts";

export interface RunServerOptions {
  home: string;
  port?: number;
  /** Asks it to end. */
  stop: AbortSignal;
}

/** Its exit code. */
export async function runServerHere({ home, port, stop }: RunServerOptions): Promise<number> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const args = [serverProgram(), "--home", home, ...(port === undefined ? [] : ["--port", String(port)])];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  // A terminal tells the child itself about Ctrl-C; a supervisor that ends this process does not.
  stop.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
