// The order in which a run was told of things: each comes after those that it has.
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

const after = (table: string) =>
  prepared<{ next: number }>(`select coalesce(max(position) + 1, 0) as next from ${table} where run_id = ?`);
const nextIn = { run_datasets: after("run_datasets"), run_models: after("run_models") };

export const nextPosition = async (db: Db, table: keyof typeof nextIn, run: string): Promise<number> =>
  (await nextIn[table](db, run))[0]!.next;
