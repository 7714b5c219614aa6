// Uploads what the processes staged in run/files: stored, named, and only then deleted here.
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isSafePath } from "../../core/snapshot.ts";
import { uploadFiles } from "./upload-files.ts";
import type { UploadWay } from "./upload-files.ts";

export interface StagedShipper {
  ship(): Promise<void>;
  counts(): { files: number; sizeBytes: number };
  /** What went wrong, in words. */
  remarks(): string[];
}

const entrySchema = z.object({
  path: z.string().refine(isSafePath),
  stage: z.string().regex(/^[\w-][\w.-]*$/),
  at: z.number(),
});
type Entry = z.infer<typeof entrySchema>;

/** After a restart the indexes are read from the start again: an entry whose copy is gone was delivered. */
export function createStagedShipper(folder: string, way: UploadWay): StagedShipper {
  const read = new Map<string, number>();
  const total = { files: 0, sizeBytes: 0 };
  const remarks: string[] = [];

  async function readNew(index: string): Promise<Entry[]> {
    const path = join(folder, index);
    const from = read.get(index) ?? 0;
    if ((await stat(path)).size <= from) return [];
    const bytes = (await readFile(path)).subarray(from);
    const end = bytes.lastIndexOf(0x0a) + 1;
    read.set(index, from + end);
    const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
    return lines.flatMap((line) => {
      const entry = parseEntry(line);
      if (!entry) remarks.push(`${index}: not an entry of staged files: ${line.slice(0, 200)}`);
      return entry ?? [];
    });
  }

  async function deliver(entries: Entry[]): Promise<void> {
    // In the order of time, and a name once a batch: with two of the same name the later one must win.
    for (const batch of splitAtRepeats(entries.sort((a, b) => a.at - b.at))) {
      const files = [];
      for (const entry of batch) {
        const path = join(folder, entry.stage);
        if (await isThere(path)) files.push({ path, artifact: entry.path });
      }
      const uploaded = await uploadFiles(files, way);
      total.files += uploaded.files;
      total.sizeBytes += uploaded.sizeBytes;
      remarks.push(...uploaded.remarks);
      for (const file of files) await rm(file.path, { force: true });
    }
  }

  return {
    async ship() {
      // Whoever stages the first file makes the folder.
      if (!existsSync(folder)) return;
      const indexes = (await readdir(folder)).filter((name) => /^index-.*\.ndjson$/.test(name)).sort();
      const entries: Entry[] = [];
      for (const index of indexes) entries.push(...(await readNew(index)));
      if (entries.length > 0) await deliver(entries);
    },
    counts: () => ({ ...total }),
    remarks: () => remarks,
  };
}

function parseEntry(line: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function splitAtRepeats(entries: Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let names = new Set<string>();
  for (const entry of entries) {
    if (batches.length === 0 || names.has(entry.path)) {
      batches.push([]);
      names = new Set();
    }
    names.add(entry.path);
    batches.at(-1)!.push(entry);
  }
  return batches;
}
