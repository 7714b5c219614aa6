// Small files that came whole, by the ids that growing files have: a row costs a hundredth of a file of the file system.
import { prepared, preparedForEach } from "./prepared.ts";
import type { Db } from "./store.ts";

const find = prepared<{ bytes: Uint8Array }>("select bytes from small_files where id = ?");

export const findSmallFile = async (db: Db, id: string): Promise<Uint8Array | undefined> =>
  (await find(db, id))[0]?.bytes;

export interface SmallFile {
  path: string;
  /** A second name. */
  alias: string | undefined;
  id: string;
  bytes: Uint8Array;
}

const insertName = preparedForEach<{ path: string }>(
  `insert into artifacts (run_id, path, growing_id, alias_of, size_bytes, growing, created_at)
   values (?, ?, ?, ?, ?, 0, ?) on conflict (run_id, path) do nothing returning path`,
);
const insertBytes = preparedForEach<never>("insert into small_files (id, bytes) values (?, ?)");

/** Stores them under names of the run, but for those whose name is taken. Returns the paths that were given. */
export async function insertSmallFiles(
  tx: Db,
  run: string,
  files: readonly SmallFile[],
  at: number,
): Promise<string[]> {
  const names = files.map(({ path, id, bytes }) => [run, path, id, null, bytes.byteLength, at]);
  const given = new Set((await insertName(tx, names)).map(({ path }) => path));
  const stored = files.filter(({ path }) => given.has(path));
  await insertBytes(
    tx,
    stored.map(({ id, bytes }) => [id, bytes]),
  );
  const aliases = stored.flatMap(({ path, alias }) =>
    alias === undefined ? [] : [[run, alias, null, path, 0, at]],
  );
  await insertName(tx, aliases);
  return [...given];
}
