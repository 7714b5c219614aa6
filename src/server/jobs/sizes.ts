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

export interface Sizes {
  /** The person's file; there may be none. */
  readonly file: string;
  table(): Promise<SizeTable>;
  /** Why the file is not used, though it is there. */
  fault(): Promise<string | undefined>;
}

/** Read again when the file changes; one that cannot be understood is as none, and jobs that name a size are told. */
export function createSizes(home: string, log: Log): Sizes {
  const file = join(home, "sizes.json");
  interface Known {
    changedAt: number;
    table: SizeTable;
    fault?: string;
  }
  let known: Known = { changedAt: 0, table: sizeTable() };

  async function read(): Promise<Known> {
    const changedAt = (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
    if (changedAt === known.changedAt) return known;
    known = { changedAt, table: sizeTable() };
    if (changedAt === 0) return known;
    try {
      known.table = sizeTable(sizesSchema.parse(JSON.parse(await readFile(file, "utf8"))));
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : String(error);
      known.fault = `${file} cannot be used: ${why}`;
      log.error(known.fault);
    }
    return known;
  }

  return {
    file,
    table: async () => (await read()).table,
    fault: async () => (await read()).fault,
  };
}
