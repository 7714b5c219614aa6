// What was downloaded before: under which name and version a file was then, and which bytes it had.
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isHash } from "../../core/snapshot.ts";
import { readState, writeState } from "../node/state-file.ts";

const knownFileSchema = z.object({
  version: z.string(),
  hash: z.string().refine(isHash),
  sizeBytes: z.number(),
});
/** `version` is what the source says of it: while that is the same, so are the bytes. */
export type KnownFile = z.infer<typeof knownFileSchema>;

const placeSchema = z.record(z.string(), knownFileSchema);

export interface KnownFiles {
  /** Of one place, such as a folder of a datastore, by path. */
  recall(place: string): Promise<Map<string, KnownFile>>;
  remember(place: string, files: ReadonlyMap<string, KnownFile>): Promise<void>;
}

export function createKnownFiles(folder: string): KnownFiles {
  const pathOf = (place: string) => join(folder, `${createHash("sha256").update(place).digest("hex")}.json`);
  return {
    recall: async (place) => new Map(Object.entries((await readState(pathOf(place), placeSchema)) ?? {})),
    async remember(place, files) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeState(pathOf(place), Object.fromEntries(files));
    },
  };
}
