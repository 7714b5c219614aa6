// One request to a container engine: the Docker Engine API over its socket, which Podman speaks too.
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What the engine has refused, in its own words. */
export class EngineRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "EngineRefused";
    this.status = status;
  }
}

/** Nobody answers there, or stopped answering. */
export class EngineUnreachable extends Error {
  constructor(address: string, cause: Error) {
    super(`no container engine answers at ${address}: ${cause.message}`, { cause });
    this.name = "EngineUnreachable";
  }
}

export interface EngineRequest {
  method?: "GET" | "POST" | "DELETE" | "PUT";
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  headers?: Readonly<Record<string, string>>;
  /** An object goes as JSON; bytes go as a tar. */
  body?: object | AsyncIterable<Uint8Array>;
  /** For calls that are answered at once; none for those that wait. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** `path` without a version: an engine answers such calls with its newest, and the fields used here are old. */
export type EngineCall = (path: string, options?: EngineRequest) => Promise<IncomingMessage>;

export function createEngineCall(address: string): EngineCall {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const place = placeOf(address);
  return (path, options = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const isStream = options.body !== undefined && Symbol.asyncIterator in options.body;
      const json = options.body !== undefined && !isStream ? JSON.stringify(options.body) : undefined;
      const call = request(
        {
          ...place,
          agent,
          method: options.method ?? "GET",
          path: `${path}${queryText(options.query)}`,
          headers: {
            Host: "localhost",
            ...(json !== undefined && {
              "Content-Type": "application/json",
              "Content-Length": Buffer.byteLength(json),
            }),
            ...(isStream && { "Content-Type": "application/x-tar" }),
            ...options.headers,
          },
          signal: options.signal,
        },
        (answer) => {
          if ((answer.statusCode ?? 500) < 400) resolve(answer);
          else readRefusal(answer).then(reject, reject);
        },
      );
      if (options.timeoutMs !== undefined) {
        const late = () => call.destroy(new Error(`no answer within ${options.timeoutMs} ms`));
        call.setTimeout(options.timeoutMs, late);
      }
      call.once("error", (error) => {
        // Canceled by us: the caller's own reason says more than a broken pipe.
        reject(
          options.signal?.aborted ? (options.signal.reason as Error) : new EngineUnreachable(address, error),
        );
      });
      if (isStream) {
        // Its failure is that of the call, which is told above, unless the bytes themselves could not be read.
        pipeline(Readable.from(options.body as AsyncIterable<Uint8Array>), call).catch((error: Error) =>
          call.destroy(error),
        );
      } else call.end(json);
    });
}

function placeOf(address: string): { socketPath: string } | { host: string; port: string } {
  const url = new URL(address);
  if (url.protocol === "unix:") return { socketPath: decodeURIComponent(url.pathname) };
  if (url.protocol === "http:") return { host: url.hostname, port: url.port || "2375" };
  throw new Error(`a container engine at ${address} cannot be used: give a socket (unix://…) or tcp://…`);
}

function queryText(query: EngineRequest["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function readRefusal(answer: IncomingMessage): Promise<EngineRefused> {
  const text = await readText(answer);
  return new EngineRefused(
    answer.statusCode ?? 500,
    messageOf(text) ?? (text.trim() || `HTTP ${answer.statusCode}`),
  );
}

function messageOf(text: string): string | undefined {
  try {
    const { message, cause } = JSON.parse(text) as { message?: unknown; cause?: unknown };
    if (typeof message === "string" && message !== "") return message.trim();
    return typeof cause === "string" ? cause : undefined;
  } catch {
    return undefined;
  }
}

export async function readText(answer: IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  let text = "";
  for await (const piece of answer) text += String(piece);
  return text;
}

/** A stream of JSON objects, one a line, as pulls and builds answer. */
export async function* readLines(answer: IncomingMessage): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
    if (line.trim() !== "") yield JSON.parse(line) as Record<string, unknown>;
  }
}
