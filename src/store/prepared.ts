// Statements of the hot paths, written out: building a query anew costs several times what running it does.
import { CompiledQuery } from "kysely";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import type { Db } from "./store.ts";

/** The connections on which only one writer is at work: SQLite can be called at once, without asking Kysely for a turn. */
const ownConnections = new WeakMap<Db, SqliteDatabase>();

/** Says that nothing else runs on the connection of this transaction. */
export const callAtOnce = (tx: Db, database: SqliteDatabase): void => void ownConnections.set(tx, database);

const runNow = <Row>(statement: SqliteStatement, values: readonly unknown[]): Row[] => {
  if (statement.reader) return statement.all(values) as Row[];
  statement.run(values);
  return [];
};

const runInTurn = async <Row>(db: Db, text: string, values: readonly unknown[]): Promise<Row[]> =>
  (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;

/** A query by its text; SQLite prepares each text once. */
export const prepared =
  <Row>(text: string) =>
  async (db: Db, ...values: readonly unknown[]): Promise<Row[]> => {
    const own = ownConnections.get(db);
    return own ? runNow(own.prepare(text), values) : runInTurn(db, text, values);
  };

/** Queries whose rows come as lists of their columns: of many rows, objects cost three times as much. */
const inLists = new Set<string>();
export const comesInLists = (text: string): boolean => inLists.has(text);

export function preparedInLists<Row extends readonly unknown[]>(text: string) {
  inLists.add(text);
  return prepared<Row>(text);
}

/** The same statement once for each of these rows of values; what it returns, in their order. */
export const preparedForEach =
  <Row>(text: string) =>
  async (db: Db, rows: readonly (readonly unknown[])[]): Promise<Row[]> => {
    const returned: Row[] = [];
    if (rows.length === 0) return returned;
    const statement = ownConnections.get(db)?.prepare(text);
    for (const values of rows) {
      returned.push(...(statement ? runNow<Row>(statement, values) : await runInTurn<Row>(db, text, values)));
    }
    return returned;
  };
