// Statements of the hot paths, written out: building a query anew costs several times what running it does.
import { CompiledQuery } from "kysely";
import type { Compilable } from "kysely";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import type { Db } from "./store.ts";

/** Where SQLite can be called at once, without asking Kysely for a turn. */
const ownConnections = new WeakMap<Db, SqliteDatabase>();

/** Says that nobody else is in the middle of a transaction on this connection. */
export const callAtOnce = (db: Db, database: SqliteDatabase): void => void ownConnections.set(db, database);

/** Says that somebody is, or will be at the next turn: who reads waits until it is over. */
export const callInTurn = (db: Db): void => void ownConnections.delete(db);

const runNow = <Row>(statement: SqliteStatement, values: readonly unknown[]): Row[] => {
  if (statement.reader) return statement.all(values) as Row[];
  statement.run(values);
  return [];
};

const runInTurn = async <Row>(db: Db, text: string, values: readonly unknown[]): Promise<Row[]> =>
  (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;

async function run<Row>(db: Db, text: string, values: readonly unknown[]): Promise<Row[]> {
  const own = ownConnections.get(db);
  return own ? runNow(own.prepare(text), values) : runInTurn(db, text, values);
}

/** A query by its text; SQLite prepares each text once. */
export const prepared =
  <Row>(text: string) =>
  (db: Db, ...values: readonly unknown[]): Promise<Row[]> =>
    run(db, text, values);

/** Stands for a value while a query's text is made. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A query of Kysely's whose text is made once: `build` may do nothing with the values but put them into it. */
export function compiled<Values extends object, Row>(build: (db: Db, values: Values) => Compilable<Row>) {
  let made: { text: string; parameters: readonly unknown[] } | undefined;
  return (db: Db, values: Values): Promise<Row[]> => {
    if (!made) {
      const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) }) as Values;
      const { sql, parameters } = build(db, slots).compile();
      made = { text: sql, parameters };
    }
    const given = values as Readonly<Record<string, unknown>>;
    const parameters = made.parameters.map((one) => (one instanceof Slot ? given[one.name] : one));
    return run(db, made.text, parameters);
  };
}

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
