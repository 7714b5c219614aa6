// Answers with JSON: head and body in one packet where it is short, in pieces as they are made where it is long.
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { pipeOut } from "../raw-bodies.ts";

const headers = {
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

export async function sendJson(
  c: Context<{ Bindings: HttpBindings }>,
  answer: object | AsyncIterable<string>,
  ending: AbortSignal,
): Promise<Response> {
  const outgoing = (c.env as Partial<HttpBindings> | undefined)?.outgoing;
  if (!(Symbol.asyncIterator in answer)) return sendWhole(JSON.stringify(answer), outgoing);
  const pieces = answer[Symbol.asyncIterator]();
  const first = await pieces.next();
  const second = first.done ? first : await pieces.next();
  if (second.done) return sendWhole(first.done ? "" : first.value, outgoing);
  const bytes = bytesOf([first.value as string, second.value], pieces);
  if (!outgoing) return new Response(ReadableStream.from(bytes), { headers });
  await pipeOut(bytes, outgoing, headers, AbortSignal.any([c.req.raw.signal, ending]));
  return RESPONSE_ALREADY_SENT;
}

function sendWhole(text: string, outgoing: HttpBindings["outgoing"] | undefined): Response {
  if (!outgoing) return new Response(text, { headers });
  const body = Buffer.from(text);
  outgoing.writeHead(200, { ...headers, "content-length": String(body.byteLength) });
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
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
