// Bytes in and out without the detour of web streams: a log or a model passes in constant memory.
import type { IncomingMessage } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { ServerResponse } from "node:http";
import { Refused } from "../../core/refused.ts";

export async function pipeOut(
  body: AsyncIterable<Uint8Array>,
  outgoing: ServerResponse | Http2ServerResponse,
  headers: Record<string, string>,
  signal: AbortSignal,
  status = 200,
): Promise<void> {
  const response = outgoing as ServerResponse;
  const iterator = body[Symbol.asyncIterator]();
  // The first piece decides between an answer and an error: after it, the status has been sent.
  const first = await iterator.next();
  response.writeHead(status, headers);
  response.flushHeaders();
  try {
    for (let piece = first; !piece.done; piece = await iterator.next()) {
      if (signal.aborted || response.destroyed) break;
      if (!response.write(piece.value)) await drained(response);
    }
    response.end();
  } catch (error) {
    // Cutting the connection is the only way left to say that this is not the whole.
    response.destroy();
    throw error;
  } finally {
    await iterator.return?.();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
    // It may have closed before anyone listened; then neither event comes any more.
    if (response.destroyed) done();
  });
}

/** The request's bytes, refused past `maxBytes`. */
export async function* bytesOf(
  request: Request | undefined,
  incoming: IncomingMessage | undefined,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  // Not destroyed when the reader stops early: the rest is drained after the answer, so that the answer arrives.
  const source: AsyncIterable<Uint8Array> | null | undefined =
    incoming?.iterator({ destroyOnReturn: false }) ?? request?.body;
  if (!source) return;
  let total = 0;
  try {
    for await (const chunk of source) {
      total += chunk.byteLength;
      if (total > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    // The caller has gone: nobody hears the answer, and nothing is wrong here.
    if (!incoming?.errored) throw error;
    throw new Refused("invalid", "the body broke off before its end", "send it again");
  }
}

/** The request's body as a whole, refused past `maxBytes`. */
export async function readWhole(
  request: Request | undefined,
  incoming: IncomingMessage | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const length = Number(incoming?.headers["content-length"] ?? Number.NaN);
  const chunks: Uint8Array[] = [];
  if (!incoming || !(length <= maxBytes)) {
    for await (const chunk of bytesOf(request, incoming, maxBytes)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  // Of a known length, which Node sees to: its own events are the cheapest way.
  return new Promise((resolve, reject) => {
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    let isWhole = false;
    incoming.on("end", () => {
      isWhole = true;
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    // Every request is closed in the end; making an error for each would cost more than reading it.
    const brokeOff = () => {
      if (!isWhole) reject(new Refused("invalid", "the body broke off before its end", "send it again"));
    };
    incoming.on("error", brokeOff);
    incoming.on("close", brokeOff);
  });
}

export const tooLarge = (maxBytes: number): Refused =>
  new Refused("too-large", `the body is larger than ${maxBytes} bytes`, "send it in smaller parts");
