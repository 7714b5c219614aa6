// Params, tags and properties of a run: short texts by key.
import { preparedForEach } from "./prepared.ts";
import type { Db } from "./store.ts";

export type LabelKind = "param" | "tag" | "property";

const saveLabels = preparedForEach<never>(
  `insert into labels (run_id, kind, key, value) values (?, ?, ?, ?)
   on conflict (run_id, kind, key) do update set value = excluded.value`,
);

/** Sets labels; null removes one. */
export async function setLabels(
  tx: Db,
  run: string,
  kind: LabelKind,
  labels: Readonly<Record<string, string | null>>,
): Promise<void> {
  const given = Object.entries(labels);
  await saveLabels(
    tx,
    given.flatMap(([key, value]) => (value === null ? [] : [[run, kind, key, value]])),
  );
  for (const [key, value] of given) {
    if (value === null) {
      await tx
        .deleteFrom("labels")
        .where("run_id", "=", run)
        .where("kind", "=", kind)
        .where("key", "=", key)
        .execute();
    }
  }
}

/** Adds labels that may not change: returns the keys that already have another value, and then adds nothing. */
export async function addLabels(
  tx: Db,
  run: string,
  kind: LabelKind,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const clashing = clashingKeys(labels, await readKind(tx, run, kind));
  if (clashing.length === 0) await setLabels(tx, run, kind, labels);
  return clashing;
}

/** Adds those of the labels whose keys are new; returns the keys that keep another value. */
export async function addNewLabels(
  tx: Db,
  run: string,
  kind: LabelKind,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const given = Object.entries(labels);
  if (given.length === 0) return [];
  const known = await readKind(tx, run, kind);
  await setLabels(tx, run, kind, Object.fromEntries(given.filter(([key]) => !Object.hasOwn(known, key))));
  return clashingKeys(labels, known);
}

const readKind = async (db: Db, run: string, kind: LabelKind) =>
  (await readLabels(db, [run])).get(run)?.[kind] ?? {};

const clashingKeys = (labels: Readonly<Record<string, string>>, known: Readonly<Record<string, string>>) =>
  Object.keys(labels).filter((key) => Object.hasOwn(known, key) && known[key] !== labels[key]);

export type Labels = Record<LabelKind, Record<string, string>>;

/** Without a prototype, so that a key such as `__proto__` is a key like any other. */
export const emptyLabels = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

export const noLabels = (): Labels => ({ param: emptyLabels(), tag: emptyLabels(), property: emptyLabels() });

export async function readLabels(db: Db, runs: string[]): Promise<Map<string, Labels>> {
  const found = new Map<string, Labels>();
  if (runs.length === 0) return found;
  const rows = await db
    .selectFrom("labels")
    .select(["run_id", "kind", "key", "value"])
    .where("run_id", "in", runs)
    .orderBy("key")
    .execute();
  for (const row of rows) {
    const labels = found.get(row.run_id) ?? noLabels();
    labels[row.kind as LabelKind][row.key] = row.value;
    found.set(row.run_id, labels);
  }
  return found;
}
