// Finds the running server of a home folder, without loading the contract: this runs before everything else.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { homeLayout } from "../../core/home.ts";
import type { ServerFile } from "../../core/home.ts";

export type Found =
  | { state: "running"; server: ServerFile; version: string }
  /** A server was here and went without a word: its file is still there. */
  | { state: "crashed"; server: ServerFile }
  /** Its process lives but does not answer. */
  | { state: "silent"; server: ServerFile }
  | { state: "absent" };

export async function findServer(home: string, answerWithinMs = 5000): Promise<Found> {
  const server = await readServerFile(home);
  if (!server) return { state: "absent" };
  const answer = await askHealth(server.url, answerWithinMs);
  if (answer.version !== undefined) return { state: "running", server, version: answer.version };
  return answer.timedOut ? { state: "silent", server } : { state: "crashed", server };
}

export async function readServerFile(home: string): Promise<ServerFile | undefined> {
  const text = await readIfThere(join(home, homeLayout.serverFile));
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isServerFile(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export async function readToken(home: string): Promise<string | undefined> {
  return (await readIfThere(join(home, homeLayout.tokenFile)))?.trim();
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // A home that is no folder is told of when something is to be written there.
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return undefined;
    throw error;
  }
}

const isServerFile = (value: unknown): value is ServerFile =>
  typeof value === "object" &&
  value !== null &&
  "url" in value &&
  typeof value.url === "string" &&
  "pid" in value &&
  typeof value.pid === "number" &&
  "version" in value &&
  "home" in value;

interface Answer {
  version?: string;
  timedOut: boolean;
}

/** The server of a home folder listens on plain HTTP on this machine. */
function askHealth(url: string, answerWithinMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const request = get(`${url}/healthz`, { timeout: answerWithinMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ ...versionIn(text), timedOut: false }));
      response.on("error", () => resolve({ timedOut: false }));
    });
    request.on("timeout", () => {
      resolve({ timedOut: true });
      request.destroy();
    });
    request.on("error", () => resolve({ timedOut: false }));
  });
}

function versionIn(text: string): { version?: string } {
  try {
    const parsed: unknown = JSON.parse(text);
    const isOurs = typeof parsed === "object" && parsed !== null && "version" in parsed;
    return isOurs && typeof parsed.version === "string" ? { version: parsed.version } : {};
  } catch {
    return {};
  }
}

/** A process that has ended and that its parent has not asked about yet (a zombie) does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    // pid (name) state …, and the name may hold anything, even a parenthesis.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.charAt(stat.lastIndexOf(")") + 2) !== "Z";
  } catch {
    return false;
  }
}
