// Small JSON files that are either whole or absent, however the process that wrote them ended.
import { closeSync, existsSync, fsync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { z } from "zod";

const sync = promisify(fsync);

// Without waiting where no disk is waited for: they are small and many, and each wait costs more than the call.
/** Readable by this user only: state files hold tokens. */
export async function writeState(path: string, content: unknown): Promise<void> {
  await writeWhole(path, content, false);
}

/** The same, and it survives a power cut once this has resolved. */
export async function writeDurableState(path: string, content: unknown): Promise<void> {
  await writeWhole(path, content, true);
  await syncFolder(dirname(path));
}

/** Undefined when there is none, or none that this version understands. */
export async function readState<T extends z.ZodType>(
  path: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  // Most are asked for before they are there, and an error costs more than a look.
  if (!existsSync(path)) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function writeWhole(path: string, content: unknown, durable: boolean): Promise<void> {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(content)}\n`);
    if (durable) await sync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

export async function syncFolder(path: string): Promise<void> {
  const folder = openSync(path, "r");
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
}
