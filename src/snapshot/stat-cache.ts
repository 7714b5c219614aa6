// Remembers the hash of each file of a folder with what `stat` said of it, like git's index, so that an unchanged
// tree is only looked at, not read. It may be lost or wrong in length at any time: then the files are read again.
//
// Layout: [8-byte number of files][a file: size, modified, changed, inode as doubles][a file: 32-byte hash]
// [paths, each ended by a line feed][SHA-256 of all before]. Line feeds are refused in names.
import { hash as digest } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { newUuid } from "../lib/ids.ts";
import type { HashedFile } from "./hash-files.ts";
import type { FileStamp } from "./walk-tree.ts";

export interface StatCache {
  /** The hash of a file that has not changed since, as hexadecimal. */
  find(path: string, stamp: FileStamp): string | undefined;
  /** How many files it knows. */
  readonly size: number;
}

const stampNumbers = 4;

const fileOf = (cacheFolder: string, root: string) =>
  join(cacheFolder, `${digest("sha256", resolve(root))}.stat`);

export function loadStatCache(cacheFolder: string, root: string): StatCache {
  const content = readWhole(fileOf(cacheFolder, root));
  if (!content) return { find: () => undefined, size: 0 };
  const count = Number(content.readBigUInt64LE(0));
  const hashesAt = 8 + count * stampNumbers * 8;
  const pathsAt = hashesAt + count * 32;
  const places = new Map(
    content
      .toString("utf8", pathsAt, content.length - 32)
      .split("\n", count)
      .map((path, place) => [path, place]),
  );
  const number = (place: number, column: number) =>
    content.readDoubleLE(8 + (place * stampNumbers + column) * 8);
  return {
    size: count,
    find(path, stamp) {
      const place = places.get(path);
      const isSame =
        place !== undefined &&
        number(place, 0) === stamp.sizeBytes &&
        number(place, 1) === stamp.modifiedMs &&
        number(place, 2) === stamp.changedMs &&
        number(place, 3) === stamp.inode;
      return isSame ? content.toString("hex", hashesAt + place * 32, hashesAt + place * 32 + 32) : undefined;
    },
  };
}

export async function saveStatCache(
  cacheFolder: string,
  root: string,
  files: ReadonlyMap<string, HashedFile>,
): Promise<void> {
  const numbers = Buffer.allocUnsafe(8 + files.size * stampNumbers * 8);
  const hashes = Buffer.allocUnsafe(files.size * 32);
  let paths = "";
  let place = 0;
  numbers.writeBigUInt64LE(BigInt(files.size), 0);
  for (const [path, { hash, stamp }] of files) {
    const at = 8 + place * stampNumbers * 8;
    numbers.writeDoubleLE(stamp.sizeBytes, at);
    numbers.writeDoubleLE(stamp.modifiedMs, at + 8);
    numbers.writeDoubleLE(stamp.changedMs, at + 16);
    numbers.writeDoubleLE(stamp.inode, at + 24);
    hashes.write(hash, place * 32, "hex");
    paths += `${path}\n`;
    place += 1;
  }
  const content = Buffer.concat([numbers, hashes, Buffer.from(paths)]);
  const temp = join(cacheFolder, `${newUuid()}.temp`);
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(temp, [content, Buffer.from(digest("sha256", content), "hex")], { mode: 0o600 });
    await rename(temp, fileOf(cacheFolder, root));
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
}

/** The file if it is there and is what was once written. */
function readWhole(path: string): Buffer | undefined {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch {
    return undefined;
  }
  if (content.length < 40) return undefined;
  const sum = content.toString("hex", content.length - 32);
  return digest("sha256", content.subarray(0, -32)) === sum ? content : undefined;
}
