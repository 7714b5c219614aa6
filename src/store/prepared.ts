// Statements of the hot paths, written out: building a query anew costs several times what running it does.
import { CompiledQuery } from "kysely";
import type { Db } from "./store.ts";

/** A query by its text; SQLite prepares each text once. */
export const prepared =
  <Row>(text: string) =>
  async (db: Db, ...values: readonly unknown[]): Promise<Row[]> => {
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
    return rows;
  };

/** Few sizes, so that few statements are kept, whatever the number of rows. */
const sizes = [256, 32, 4, 1] as const;

/** An insert of many rows: `before values (?, …), (?, …) after`, in as few statements as these sizes allow. */
export function insertMany<Row>(columns: number, before: string, after = "") {
  const row = `(${Array.from({ length: columns }, () => "?").join(", ")})`;
  const statements = sizes.map((size) => ({
    size,
    run: prepared<Row>(`${before} values ${Array.from({ length: size }, () => row).join(", ")} ${after}`),
  }));
  return async (tx: Db, rows: readonly (readonly unknown[])[]): Promise<Row[]> => {
    const returned: Row[] = [];
    let done = 0;
    for (const { size, run } of statements) {
      for (; rows.length - done >= size; done += size) {
        returned.push(...(await run(tx, ...rows.slice(done, done + size).flat())));
      }
    }
    return returned;
  };
}
