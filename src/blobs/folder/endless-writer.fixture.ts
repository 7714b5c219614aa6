// Stores blobs in the folder named until it is killed, and prints the hashes of each batch once it is stored.
import { hash as digest, randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeFrameHeader } from "../../core/blob-frames.ts";
import type { LocalFile } from "../blobs.ts";
import { openFolderBlobs } from "./open-folder-blobs.ts";

const folder = process.argv[2]!;
const blobs = await openFolderBlobs(folder);

async function* batch() {
  const count = randomInt(2) === 0 ? 5 : 80;
  for (let number = 0; number < count; number++) {
    const bytes = randomBytes(randomInt(3000));
    yield encodeFrameHeader(digest("sha256", bytes), bytes.length);
    yield bytes;
  }
}

/** The last one is too big for a pack. */
function someFiles(): LocalFile[] {
  const sources = mkdtempSync(join(folder, "sources-"));
  return Array.from({ length: 40 }, (_, number) => {
    const path = join(sources, String(number));
    writeFileSync(path, randomBytes(number === 39 ? 5_000_000 : randomInt(3000)));
    const { size, mtimeMs, ctimeMs, ino } = statSync(path);
    return { path, sizeBytes: size, modifiedMs: mtimeMs, changedMs: ctimeMs, inode: ino };
  });
}

for (let turn = 0; ; turn++) {
  const hashes =
    turn % 3 === 0
      ? (await blobs.writeFiles(someFiles())).hashes
      : (await blobs.writeMany(batch())).map((blob) => blob.hash);
  process.stdout.write(`${hashes.join(" ")}\n`);
}
