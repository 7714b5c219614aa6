// A plain HTTP client over kept connections: cheap enough that the server, not the client, is what is measured.
import { connect } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";

export interface Answer {
  status: number;
  /** Parts of the body as they came; of a long one only the last. */
  parts: Buffer[];
  sizeBytes: number;
}

export interface Connection {
  /** The answer with whatever status it has. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The parsed body; throws when the status is not 200. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
}

/** Longer answers are counted, not kept: hundreds of megabytes would be measured as the client's. */
const keptBytes = 8 << 20;

export const api = "/api/2.0/mlflow";

export async function openConnection(url: string, token: string): Promise<Connection> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, "connect");
  const common = `\r\nhost: ${host}\r\n${token && `authorization: Bearer ${token}\r\n`}`;
  const next = readAnswers(socket);

  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    const head = `${method} ${path} HTTP/1.1${common}`;
    const about = text && `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`;
    const answer = next();
    socket.write(`${head}${about}\r\n${text}`);
    return answer;
  }

  return {
    send,
    async call<T>(method: string, path: string, body?: unknown) {
      const { status, parts } = await send(method, path, body);
      const text = Buffer.concat(parts).toString();
      if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`);
      return JSON.parse(text) as T;
    },
    close: () => socket.destroy(),
  };
}

/** Reads one answer after another; a body has a length, or comes in chunks. */
function readAnswers(socket: Socket): () => Promise<Answer> {
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  let held: Buffer = Buffer.alloc(0);
  let answer: Answer | undefined;
  /** Bytes of the body, or of the present chunk, that are still to come. */
  let left = 0;
  let chunked = false;

  const finish = () => {
    const done = answer!;
    answer = undefined;
    waiting?.resolve(done);
  };
  const lineEnd = () => held.indexOf("\r\n");
  /** One step through what is held; false when more bytes are needed. */
  const step = (): boolean => {
    if (!answer) {
      const end = held.indexOf("\r\n\r\n");
      if (end < 0) return false;
      const head = held.toString("latin1", 0, end).toLowerCase();
      held = held.subarray(end + 4);
      answer = { status: Number(head.slice(9, 12)), parts: [], sizeBytes: 0 };
      chunked = head.includes("transfer-encoding: chunked");
      left = chunked ? 0 : Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      if (!chunked && left === 0) finish();
      return true;
    }
    if (left > 0) {
      if (held.length === 0) return false;
      const part = held.subarray(0, left);
      if (answer.sizeBytes > keptBytes) answer.parts.length = 0;
      answer.parts.push(part);
      answer.sizeBytes += part.length;
      left -= part.length;
      held = held.subarray(part.length);
      if (left === 0 && !chunked) finish();
      return true;
    }
    const end = lineEnd();
    if (end < 0) return false;
    const line = held.toString("latin1", 0, end);
    // The end of a chunk is an empty line, and the last chunk has no bytes.
    if (line !== "" || answer.sizeBytes === 0) left = Number.parseInt(line, 16) || 0;
    if (line !== "" && left === 0) {
      if (held.length < end + 4) return false;
      held = held.subarray(end + 4);
      finish();
      return true;
    }
    held = held.subarray(end + 2);
    return true;
  };
  socket.on("data", (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length > 0 && step());
  });
  let broken: Error | undefined;
  const fail = (error: Error) => {
    broken ??= error;
    waiting?.reject(broken);
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed the connection")));
  return () =>
    new Promise((resolve, reject) => {
      if (broken) reject(broken);
      waiting = { resolve, reject };
    });
}
