// The SHA-256 of the source's files. A file of this machine that has not changed is not read twice.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { SourceFile } from "./source.ts";
import { BrokenSource } from "./source.ts";

export interface FileHash {
  hash: string;
  sizeBytes: number;
}

/** Smaller ones are read in one go: that is several times as fast. */
const smallBytes = 1 << 20;

export class SourceHashes {
  readonly #known = new Map<string, FileHash>();

  /** Reads the file, unless it was read before and its size and times are the same. */
  async of(file: SourceFile, signal: AbortSignal): Promise<FileHash> {
    if (file.local === undefined) {
      const hash = createHash("sha256");
      let sizeBytes = 0;
      for await (const bytes of await file.open(signal)) {
        hash.update(bytes);
        sizeBytes += bytes.length;
      }
      return { hash: hash.digest("hex"), sizeBytes };
    }
    const found = statSync(file.local, { throwIfNoEntry: false });
    if (!found) throw new BrokenSource(`${file.local} was removed meanwhile`, "run the import again");
    const key = `${file.local}\0${found.size}\0${found.mtimeMs}\0${found.ctimeMs}\0${found.ino}`;
    const known = this.#known.get(key);
    if (known) return known;
    const hash = createHash("sha256");
    let sizeBytes = 0;
    if (found.size <= smallBytes) {
      const bytes = readFileSync(file.local);
      hash.update(bytes);
      sizeBytes = bytes.length;
    } else {
      for await (const bytes of await file.open(signal)) {
        hash.update(bytes);
        sizeBytes += bytes.length;
      }
    }
    const made = { hash: hash.digest("hex"), sizeBytes };
    this.#known.set(key, made);
    return made;
  }
}
