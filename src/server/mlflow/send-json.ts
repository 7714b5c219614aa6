// Answers with JSON: head and body in one packet where it is short, in pieces as they are made where it is long.
import type { ServerResponse } from "node:http";
import { pipeOut } from "../http/raw-bodies.ts";

export const jsonHeaders = {
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

export async function writeJson(
  outgoing: ServerResponse,
  answer: object | AsyncIterable<string>,
  ending: AbortSignal,
): Promise<void> {
  if (!(Symbol.asyncIterator in answer)) return writeText(outgoing, JSON.stringify(answer));
  const pieces = answer[Symbol.asyncIterator]();
  const first = await pieces.next();
  const second = first.done ? first : await pieces.next();
  if (second.done) return writeText(outgoing, first.done ? "" : first.value);
  await pipeOut(bytesOf([first.value as string, second.value], pieces), outgoing, jsonHeaders, ending);
}

export function writeText(outgoing: ServerResponse, text: string, status = 200): void {
  // A short text goes out in one string with the head, a long one is made into bytes once.
  const body = text.length < 4096 ? text : Buffer.from(text);
  outgoing.writeHead(status, { ...jsonHeaders, "content-length": Buffer.byteLength(body) });
  outgoing.end(body);
}

async function* bytesOf(begun: readonly string[], rest: AsyncIterator<string>): AsyncGenerator<Uint8Array> {
  try {
    for (const piece of begun) yield Buffer.from(piece);
    for (let piece = await rest.next(); !piece.done; piece = await rest.next())
      yield Buffer.from(piece.value);
  } finally {
    await rest.return?.();
  }
}
