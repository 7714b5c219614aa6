// Stores blobs in the folder named until it is killed, and prints the hashes of each batch once it is stored.
import { hash as digest, randomBytes, randomInt } from "node:crypto";
import { encodeFrameHeader } from "../../core/blob-frames.ts";
import { openFolderBlobs } from "./open-folder-blobs.ts";

const blobs = await openFolderBlobs(process.argv[2]!);

async function* batch() {
  const count = randomInt(2) === 0 ? 5 : 80;
  for (let number = 0; number < count; number++) {
    const bytes = randomBytes(randomInt(3000));
    yield encodeFrameHeader(digest("sha256", bytes), bytes.length);
    yield bytes;
  }
}

for (;;) {
  const stored = await blobs.writeMany(batch());
  process.stdout.write(`${stored.map((blob) => blob.hash).join(" ")}\n`);
}
