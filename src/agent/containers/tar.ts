// Writes a tar, entry by entry: what a build of an image takes as its context.
import { createReadStream } from "node:fs";
import { Buffer } from "node:buffer";

export interface TarFile {
  /** `/`-separated, below the context. */
  path: string;
  sizeBytes: number;
  executable: boolean;
  /** Where its bytes are: a file on disk, or the bytes themselves. */
  from: string | Uint8Array;
}

const blockBytes = 512;

export async function* writeTar(
  files: AsyncIterable<TarFile> | Iterable<TarFile>,
): AsyncGenerator<Uint8Array> {
  for await (const file of files) {
    yield* header(file);
    if (typeof file.from === "string") yield* readExactly(file.from, file.sizeBytes);
    else yield file.from;
    yield padding(file.sizeBytes);
  }
  yield new Uint8Array(2 * blockBytes);
}

/** A file that changes while it is read would shift everything after it. */
async function* readExactly(path: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  if (sizeBytes === 0) return;
  let count = 0;
  for await (const piece of createReadStream(path, { end: sizeBytes - 1 })) {
    count += (piece as Buffer).length;
    yield piece as Buffer;
  }
  if (count !== sizeBytes) throw new Error(`${path} became shorter while it was sent`);
}

function* header({ path, sizeBytes, executable }: TarFile): Generator<Uint8Array> {
  const name = Buffer.from(path);
  // GNU's way with a path that does not fit: an entry before it that holds the path.
  if (name.length > 100) {
    yield block("././@LongLink", "L", name.length + 1, 0o644);
    yield Buffer.concat([name, Buffer.alloc(1)]);
    yield padding(name.length + 1);
  }
  yield block(name.subarray(0, 100), "0", sizeBytes, executable ? 0o755 : 0o644);
}

/** The same bytes for the same content: no times and no owners. */
function block(name: string | Uint8Array, type: string, sizeBytes: number, mode: number): Uint8Array {
  const bytes = Buffer.alloc(blockBytes);
  const put = (text: string | Uint8Array, at: number) => Buffer.from(text).copy(bytes, at);
  put(name, 0);
  put(octal(mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  if (sizeBytes < 8 ** 11) put(octal(sizeBytes, 12), 124);
  else {
    bytes.writeUInt8(0x80, 124);
    bytes.writeBigUInt64BE(BigInt(sizeBytes), 128);
  }
  put(octal(0, 12), 136);
  put(" ".repeat(8), 148);
  put(type, 156);
  put("ustar  \0", 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

const padding = (sizeBytes: number): Uint8Array =>
  new Uint8Array((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
