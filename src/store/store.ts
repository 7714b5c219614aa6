// The database, opened, migrated, and written to in groups: writes that wait together share one durable commit.
import type { Kysely, SqliteDatabase } from "kysely";
import { createPointLog } from "./log-points.ts";
import type { LogPoints } from "./log-points.ts";
import { migrate } from "./migrate.ts";
import { callAtOnce, callInTurn, prepared } from "./prepared.ts";
import { openSqlite } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

/** Reads go to this; writes get one that is inside a transaction. */
export type Db = Kysely<Tables>;

export interface Store {
  readonly db: Db;
  /**
   * Runs `act` in a transaction and resolves when it is durable. Each act is atomic by itself: when it throws,
   * only its own changes are undone. It must not wait for anything but the database.
   */
  write<T>(act: (tx: Db) => Promise<T>): Promise<T>;
  /** Appends points to a run's series. */
  readonly logPoints: LogPoints;
  close(): Promise<void>;
}

interface Pending {
  run: (tx: Db) => Promise<void>;
  settle: (failure?: unknown) => void;
}

/** `lastProgram`: the version of Trainyard that served this file last, to be named when it is newer than this. */
export async function openStore(file: string, lastProgram?: string): Promise<Store> {
  const { db, connection } = openSqlite(file);
  try {
    await migrate(db, lastProgram);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const queue: Pending[] = [];
  let working: Promise<void> | undefined;

  callAtOnce(db, connection);
  const work = async () => {
    callInTurn(db);
    while (queue.length > 0) await commitGroup(db, connection, queue.splice(0, 200));
    working = undefined;
    callAtOnce(db, connection);
  };

  const write: Store["write"] = (act) =>
    new Promise((resolve, reject) => {
      let outcome: () => void = () => {};
      queue.push({
        run: async (tx) => {
          try {
            const value = await act(tx);
            outcome = () => resolve(value);
          } catch (error) {
            outcome = () => reject(error);
            throw error;
          }
        },
        settle: (failure) => (failure === undefined ? outcome() : reject(failure)),
      });
      working ??= new Promise<void>((next) => setImmediate(next)).then(work);
    });

  return {
    db,
    write,
    logPoints: createPointLog(write),
    async close() {
      await working;
      await db.destroy();
    },
  };
}

const begin = prepared("begin immediate");
const commit = prepared("commit");
const rollback = prepared("rollback");
const savepoint = prepared("savepoint act");
const rollbackAct = prepared("rollback to act");
const releaseAct = prepared("release act");

async function commitGroup(db: Db, connection: SqliteDatabase, group: Pending[]): Promise<void> {
  try {
    await db.connection().execute(async (tx) => {
      callAtOnce(tx, connection);
      await begin(tx);
      try {
        // One act alone needs no savepoint: the whole is undone with it.
        if (group.length === 1) await group[0]!.run(tx);
        else for (const pending of group) await runInSavepoint(tx, pending);
        await commit(tx);
      } catch (error) {
        await rollback(tx).catch(() => {});
        throw error;
      }
    });
  } catch (error) {
    for (const pending of group) pending.settle(error);
    return;
  }
  for (const pending of group) pending.settle();
}

async function runInSavepoint(tx: Db, pending: Pending): Promise<void> {
  await savepoint(tx);
  try {
    await pending.run(tx);
  } catch {
    await rollbackAct(tx);
  }
  await releaseAct(tx);
}
