// Many blobs in one stream of bytes: [32-byte SHA-256][8-byte big-endian size][bytes], again and again.
import { Refused } from "./refused.ts";

export const frameHeaderBytes = 40;

export type FramePart =
  | { kind: "start"; hash: string; sizeBytes: number }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "end" };

export interface FrameDecoder {
  /** The parts in this chunk, in order. Their bytes are views of the chunk, not copies. */
  push(chunk: Uint8Array): Generator<FramePart>;
  /** Throws when the stream stopped in the middle of a frame. */
  finish(): void;
}

export function encodeFrameHeader(hash: string, sizeBytes: number): Uint8Array {
  const header = new Uint8Array(frameHeaderBytes);
  for (let at = 0; at < 32; at++) header[at] = Number.parseInt(hash.slice(at * 2, at * 2 + 2), 16);
  new DataView(header.buffer).setBigUint64(32, BigInt(sizeBytes));
  return header;
}

export function createFrameDecoder(): FrameDecoder {
  const header = new Uint8Array(frameHeaderBytes);
  const headerView = new DataView(header.buffer);
  let headerFilled = 0;
  let bytesLeft = 0;
  let frames = 0;

  function* push(chunk: Uint8Array): Generator<FramePart> {
    let at = 0;
    while (at < chunk.length) {
      if (bytesLeft > 0) {
        const bytes = chunk.subarray(at, at + bytesLeft);
        at += bytes.length;
        bytesLeft -= bytes.length;
        yield { kind: "bytes", bytes };
      } else {
        const part = chunk.subarray(at, at + frameHeaderBytes - headerFilled);
        header.set(part, headerFilled);
        at += part.length;
        headerFilled += part.length;
        if (headerFilled < frameHeaderBytes) return;
        headerFilled = 0;
        frames += 1;
        bytesLeft = readSize(headerView, frames);
        yield { kind: "start", hash: toHex(header, 32), sizeBytes: bytesLeft };
      }
      if (bytesLeft === 0) yield { kind: "end" };
    }
  }

  function finish(): void {
    if (bytesLeft === 0 && headerFilled === 0) return;
    const missing = bytesLeft > 0 ? `${bytesLeft} bytes of blob ${frames}` : "the rest of a header";
    throw new Refused(
      "invalid",
      `The body ended in the middle of a frame: ${missing} did not arrive.`,
      "Send the batch again; what already arrived whole is not needed twice.",
    );
  }

  return { push, finish };
}

function readSize(view: DataView, frame: number): number {
  const size = view.getBigUint64(32);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new Refused(
      "invalid",
      `Frame ${frame} claims ${size} bytes, which no blob can have.`,
      "Each frame is a 32-byte SHA-256, an 8-byte big-endian size, and that many bytes.",
    );
  }
  return Number(size);
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function toHex(bytes: Uint8Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at++) text += hexOfByte[bytes[at]!]!;
  return text;
}
