// Artifacts: the names of a run's files. The bytes are a blob, or a growing file by an opaque id, or another name's.
import { compiled, prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface ArtifactRow {
  path: string;
  hash: string | null;
  growingId: string | null;
  aliasOf: string | null;
  /** Of a growing file: how much of it is durable. */
  sizeBytes: number;
  growing: boolean;
  createdAt: number;
}

const columns = ["path", "hash", "growing_id", "alias_of", "size_bytes", "growing", "created_at"] as const;
const selectArtifacts = (db: Db, run: string) =>
  db.selectFrom("artifacts").select(columns).where("run_id", "=", run);
type SelectedArtifact = Awaited<ReturnType<ReturnType<typeof selectArtifacts>["executeTakeFirstOrThrow"]>>;

const artifactOf = (row: SelectedArtifact): ArtifactRow => ({
  path: row.path,
  hash: row.hash,
  growingId: row.growing_id,
  aliasOf: row.alias_of,
  sizeBytes: row.size_bytes,
  growing: row.growing === 1,
  createdAt: row.created_at,
});

export async function findArtifact(db: Db, run: string, path: string): Promise<ArtifactRow | undefined> {
  return (await artifactAt(db, { run, path })).map(artifactOf)[0];
}

const artifactAt = compiled((db, { run, path }: { run: string; path: string }) =>
  selectArtifacts(db, run).where("path", "=", path),
);
const namesAmong = prepared<{ path: string }>(
  "select path from artifacts where run_id = ? and path in (select value from json_each(?))",
);

/** Which of these names the run has. */
export async function findArtifacts(db: Db, run: string, paths: readonly string[]): Promise<string[]> {
  return (await namesAmong(db, run, JSON.stringify(paths))).map(({ path }) => path);
}

/** By path, those after `after` that begin with `prefix`. */
export async function listArtifacts(
  db: Db,
  run: string,
  query: { prefix: string; after: string; limit: number },
): Promise<ArtifactRow[]> {
  let select = selectArtifacts(db, run).where("path", ">", query.after).orderBy("path").limit(query.limit);
  if (query.prefix !== "") {
    // A range, so that the index finds it; "like" would take % and _ for patterns.
    select = select.where("path", ">=", query.prefix);
    const end = firstTextAfter(query.prefix);
    if (end !== undefined) select = select.where("path", "<", end);
  }
  return (await select.execute()).map(artifactOf);
}

/** The first text after all that begin with `prefix`, in the order of code points; undefined when none does. */
function firstTextAfter(prefix: string): string | undefined {
  const characters = Array.from(prefix);
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0)!;
    if (code === 0x10ffff) continue;
    // Surrogates are no characters: no stored text has one.
    const next = code + 1 >= 0xd800 && code + 1 <= 0xdfff ? 0xe000 : code + 1;
    return characters.join("") + String.fromCodePoint(next);
  }
  return undefined;
}

/** Names a blob. Returns what the name meant before, if that was something else. */
export async function linkBlob(
  tx: Db,
  run: string,
  artifact: { path: string; hash: string; sizeBytes: number; at: number },
): Promise<ArtifactRow | undefined> {
  const before = await findArtifact(tx, run, artifact.path);
  if (before?.hash === artifact.hash) return undefined;
  const row = {
    hash: artifact.hash,
    growing_id: null,
    alias_of: null,
    size_bytes: artifact.sizeBytes,
    growing: 0,
  };
  await tx
    .insertInto("artifacts")
    .values({ run_id: run, path: artifact.path, created_at: artifact.at, ...row })
    .onConflict((conflict) => conflict.columns(["run_id", "path"]).doUpdateSet(row))
    .execute();
  return before;
}

/** Names a new growing file. */
export async function insertGrowing(
  tx: Db,
  run: string,
  artifact: { path: string; growingId: string; at: number },
): Promise<void> {
  await tx
    .insertInto("artifacts")
    .values({
      run_id: run,
      path: artifact.path,
      hash: null,
      growing_id: artifact.growingId,
      alias_of: null,
      size_bytes: 0,
      growing: 1,
      created_at: artifact.at,
    })
    .execute();
}

/** Gives an artifact a second name; a name that is taken stays as it is. */
export async function insertAlias(
  tx: Db,
  run: string,
  alias: { path: string; of: string; at: number },
): Promise<void> {
  await tx
    .insertInto("artifacts")
    .values({
      run_id: run,
      path: alias.path,
      hash: null,
      growing_id: null,
      alias_of: alias.of,
      size_bytes: 0,
      growing: 0,
      created_at: alias.at,
    })
    .onConflict((conflict) => conflict.columns(["run_id", "path"]).doNothing())
    .execute();
}

/** Stores how much of a file that grows is durable, never less than is known. */
export async function setDurableSize(tx: Db, growingId: string, sizeBytes: number): Promise<void> {
  await tx
    .updateTable("artifacts")
    .set({ size_bytes: sizeBytes })
    .where("growing_id", "=", growingId)
    .where("growing", "=", 1)
    .where("size_bytes", "<=", sizeBytes)
    .execute();
}

/** It grows no more, and all of it is durable. */
export async function closeGrowing(tx: Db, run: string, path: string, sizeBytes: number): Promise<void> {
  await tx
    .updateTable("artifacts")
    .set({ size_bytes: sizeBytes, growing: 0 })
    .where("run_id", "=", run)
    .where("path", "=", path)
    .where("size_bytes", "<=", sizeBytes)
    .execute();
}

/** A closed growing file may take more bytes: another attempt goes on with it. */
export async function reopenGrowing(tx: Db, run: string, path: string): Promise<void> {
  await tx
    .updateTable("artifacts")
    .set({ growing: 1 })
    .where("run_id", "=", run)
    .where("path", "=", path)
    .execute();
}

/** Growing files that nobody closed: what a server finds at its start. */
export async function unfinishedGrowing(
  db: Db,
): Promise<{ run: string; path: string; growingId: string; sizeBytes: number }[]> {
  const rows = await db
    .selectFrom("artifacts")
    .select(["run_id", "path", "growing_id", "size_bytes"])
    .where("growing", "=", 1)
    .execute();
  return rows.map((row) => ({
    run: row.run_id,
    path: row.path,
    growingId: row.growing_id!,
    sizeBytes: row.size_bytes,
  }));
}

/** Which of these growing files no artifact names. */
export async function unnamedGrowing(db: Db, ids: readonly string[]): Promise<string[]> {
  const named = await db
    .selectFrom("artifacts")
    .select("growing_id")
    .where("growing_id", "in", ids)
    .execute();
  const kept = new Set(named.map((row) => row.growing_id));
  return ids.filter((id) => !kept.has(id));
}

/** Removes a file, or all below a folder; what still grows stays. Returns the growing files that nobody names now. */
export async function removeArtifacts(tx: Db, run: string, path: string): Promise<string[]> {
  let remove = tx.deleteFrom("artifacts").where("run_id", "=", run).where("growing", "=", 0);
  if (path !== "") {
    remove = remove.where((of) =>
      of.or([
        of("path", "=", path),
        of.and([of("path", ">", `${path}/`), of("path", "<", firstTextAfter(`${path}/`)!)]),
      ]),
    );
  }
  const rows = await remove.returning("growing_id").execute();
  return rows.flatMap((row) => row.growing_id ?? []);
}
