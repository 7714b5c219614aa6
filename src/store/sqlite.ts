// node:sqlite behind Kysely's SQLite dialect: durable (WAL, full sync), statements prepared once.
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue, StatementSync } from "node:sqlite";
import { Kysely, SqliteDialect } from "kysely";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { comesInLists } from "./prepared.ts";
import type { Tables } from "./tables.ts";

const keptStatements = 300;

export interface OpenSqlite {
  db: Kysely<Tables>;
  /** The same connection, for who has it to themselves. */
  connection: SqliteDatabase;
}

export function openSqlite(file: string): OpenSqlite {
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal");
  // A commit is on disk before it is answered: acknowledged survives a power cut.
  database.exec("pragma synchronous = full");
  // Seldom enough that the many small commits of a burst wait for few checkpoints.
  database.exec("pragma wal_autocheckpoint = 4000");
  database.exec("pragma busy_timeout = 5000");
  database.exec("pragma foreign_keys = on");
  database.exec("pragma cache_size = -32768");
  const connection = adapt(database);
  return { db: new Kysely<Tables>({ dialect: new SqliteDialect({ database: connection }) }), connection };
}

function adapt(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(text) {
      const known = statements.get(text);
      if (known) {
        statements.delete(text);
        statements.set(text, known);
        return known;
      }
      const statement = database.prepare(text);
      if (comesInLists(text)) statement.setReturnArrays(true);
      const made = adaptStatement(statement);
      statements.set(text, made);
      if (statements.size > keptStatements) statements.delete(statements.keys().next().value!);
      return made;
    },
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
  };
}
