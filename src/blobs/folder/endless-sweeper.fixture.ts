// Stores blobs in the folder named until it is killed, and sweeps away those that have an odd hash as it goes on.
// Prints the even hashes of each batch once it is stored.
import { hash as digest, randomBytes, randomInt } from "node:crypto";
import { encodeFrameHeader } from "../../core/blob-frames.ts";
import { openFolderBlobs } from "./open-folder-blobs.ts";

const blobs = await openFolderBlobs(process.argv[2]!);
const isNamed = (hash: string) => Number.parseInt(hash.at(-1)!, 16) % 2 === 0;

async function* batch() {
  const count = randomInt(2) === 0 ? 5 : 80;
  for (let number = 0; number < count; number++) {
    const bytes = randomBytes(randomInt(3000));
    yield encodeFrameHeader(digest("sha256", bytes), bytes.length);
    yield bytes;
  }
}

async function sweepForEver(): Promise<never> {
  for (;;) await blobs.sweep({ isNamed, unusedSince: Infinity, dryRun: false });
}

void sweepForEver();
for (;;) {
  const stored = await blobs.writeMany(batch());
  const kept = stored.map((blob) => blob.hash).filter(isNamed);
  process.stdout.write(`${kept.join(" ")}\n`);
}
