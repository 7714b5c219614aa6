// What sizes of virtual machines stand for: the well-known ones, and those of the home folder's sizes.json.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { sizeTable } from "../../core/machine.ts";
import type { SizeTable } from "../../core/machine.ts";
import type { Log } from "../../lib/log.ts";

const sizesSchema = z.record(
  z.string(),
  z
    .strictObject({
      cores: z.number().positive(),
      memory_gib: z.number().positive(),
      gpus: z.int().min(0).default(0),
    })
    .transform(({ cores, memory_gib: memoryGib, gpus }) => ({ cores, memoryGib, gpus })),
);

/** Read again when the file changes; one that cannot be understood is as none, and the log says so. */
export function createSizes(home: string, log: Log): () => Promise<SizeTable> {
  const path = join(home, "sizes.json");
  let known: { changedAt: number; table: SizeTable } = { changedAt: 0, table: sizeTable() };
  return async () => {
    const changedAt = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (changedAt === known.changedAt) return known.table;
    known = { changedAt, table: sizeTable() };
    if (changedAt === 0) return known.table;
    try {
      known.table = sizeTable(sizesSchema.parse(JSON.parse(await readFile(path, "utf8"))));
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      log.error(`${path} is not used: ${why}`);
    }
    return known.table;
  };
}
