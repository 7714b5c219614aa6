// Small JSON files that are either whole or absent, however the process that wrote them ended.
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { z } from "zod";

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
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function writeWhole(path: string, content: unknown, durable: boolean): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
