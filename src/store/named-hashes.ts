// Every hash that any row names: who removes bytes asks here what must stay. It reads all text there is, so that a
// column which somebody adds later counts without anybody thinking of it.
import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Db } from "./store.ts";

/** What is long and names nothing, or must not hold what it names. */
const notRead = new Set([
  // The list of snapshots would name them all.
  "snapshots.id",
  // History, never read back for content; and long.
  "events.body",
  // Series of numbers.
  "metric_rows.value",
  "metric_series.latest",
]);

const rowsAtOnce = 2000;
const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

interface Source {
  table: string;
  /** What pages are made by. */
  key: string[];
  columns: string[];
}

export async function* namedHashes(db: Db, signal?: AbortSignal): AsyncGenerator<string> {
  for (const source of await findSources(db)) {
    let after: unknown[] | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const rows: Record<string, unknown>[] = (await pageOf(source, after).execute(db)).rows;
      for (const row of rows) {
        for (const column of source.columns) {
          const text = row[`text ${column}`];
          if (typeof text === "string") for (const [hash] of text.matchAll(hashes)) yield hash;
        }
      }
      if (rows.length < rowsAtOnce) break;
      const last = rows.at(-1)!;
      after = source.key.map((column) => last[`key ${column}`]);
      await setImmediate();
    }
  }
}

async function findSources(db: Db): Promise<Source[]> {
  const tables = await sql<{ name: string; wr: number }>`select name, wr from pragma_table_list
    where schema = 'main' and type = 'table' and name not like 'sqlite_%'`.execute(db);
  const sources: Source[] = [];
  for (const { name: table, wr: hasNoRowid } of tables.rows) {
    const { rows } = await sql<{ name: string; type: string; pk: number }>`select name, type, pk
      from pragma_table_info(${table}) order by pk`.execute(db);
    const columns = rows
      .filter(({ name, type }) => type.toLowerCase() === "text" && !notRead.has(`${table}.${name}`))
      .map(({ name }) => name);
    if (columns.length === 0) continue;
    const key = hasNoRowid ? rows.filter(({ pk }) => pk > 0).map(({ name }) => name) : ["rowid"];
    sources.push({ table, key, columns });
  }
  return sources;
}

/** By the key and not by an offset, since rows may go meanwhile. Short texts are not handed over. */
function pageOf({ table, key, columns }: Source, after: unknown[] | undefined) {
  const list = (names: readonly string[], act: (name: string) => RawBuilder<unknown>) =>
    sql.join(names.map(act));
  const texts = list(
    columns,
    (name) =>
      sql`case when length(${sql.ref(name)}) >= 64 then ${sql.ref(name)} end as ${sql.ref(`text ${name}`)}`,
  );
  const keys = list(key, (name) => sql`${sql.ref(name)} as ${sql.ref(`key ${name}`)}`);
  const order = list(key, (name) => sql.ref(name));
  const begin = after ? sql`where (${order}) > (${sql.join(after)})` : sql``;
  return sql<Record<string, unknown>>`select ${keys}, ${texts} from ${sql.table(table)} ${begin}
    order by ${order} limit ${rowsAtOnce}`;
}
