// Computes and their nodes. A node is a row while it exists; the run on it, if any, is in the row.
import { sql } from "kysely";
import type { Compute } from "../core/compute.ts";
import { compiled, prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

const columns = [
  "name",
  "type",
  "size",
  "tier",
  "min_instances",
  "max_instances",
  "idle_seconds",
  "description",
  "tags",
  "created_at",
] as const;

const selectComputes = (db: Db) => db.selectFrom("computes").select(columns).orderBy("name");
type SelectedCompute = Awaited<ReturnType<ReturnType<typeof selectComputes>["executeTakeFirstOrThrow"]>>;

const computeOf = (row: SelectedCompute): Compute => ({
  name: row.name,
  type: row.type as Compute["type"],
  size: row.size,
  tier: row.tier as Compute["tier"],
  minInstances: row.min_instances,
  maxInstances: row.max_instances,
  idleSecondsBeforeScaleDown: row.idle_seconds,
  description: row.description,
  tags: JSON.parse(row.tags) as Record<string, string>,
  createdAt: row.created_at,
});

const allComputes = compiled((db) => selectComputes(db));
const computeNamed = compiled((db, { name }: { name: string }) =>
  selectComputes(db).where("name", "=", name),
);

export async function listComputes(db: Db): Promise<Compute[]> {
  return (await allComputes(db, {})).map(computeOf);
}

export async function findCompute(db: Db, name: string): Promise<Compute | undefined> {
  return (await computeNamed(db, { name })).map(computeOf)[0];
}

/** Stores a compute, new or changed. */
export async function saveCompute(tx: Db, compute: Compute): Promise<void> {
  const settings = {
    size: compute.size,
    tier: compute.tier,
    min_instances: compute.minInstances,
    max_instances: compute.maxInstances,
    idle_seconds: compute.idleSecondsBeforeScaleDown,
    description: compute.description,
    tags: JSON.stringify(compute.tags),
  };
  await tx
    .insertInto("computes")
    .values({ name: compute.name, type: compute.type, created_at: compute.createdAt, ...settings })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(settings))
    .execute();
}

export async function deleteCompute(tx: Db, name: string): Promise<void> {
  await tx.deleteFrom("nodes").where("compute", "=", name).execute();
  await tx.deleteFrom("computes").where("name", "=", name).execute();
}

export interface Node {
  name: string;
  compute: string;
  run: string | null;
  /** When it began to be as it is now, ms. */
  since: number;
  /** The size that its run asked for; empty when it took the compute's. */
  size: string;
  /** The graphics cards that its run has there; null when it may use all. */
  gpus: number[] | null;
}

const selectNodes = (db: Db) =>
  db
    .selectFrom("nodes")
    .leftJoin("jobs", "jobs.run_id", "nodes.run_id")
    .select(["nodes.name", "nodes.compute", "nodes.run_id", "nodes.since", "nodes.gpus"])
    .select(sql<string | null>`json_extract(jobs.spec, '$.compute.instanceType')`.as("size"))
    // node-2 before node-10.
    .orderBy(sql`length(nodes.name)`)
    .orderBy("nodes.name");
const allNodes = compiled((db) => selectNodes(db));

export async function listNodes(db: Db, compute?: string): Promise<Node[]> {
  const rows =
    compute === undefined
      ? await allNodes(db, {})
      : await selectNodes(db).where("nodes.compute", "=", compute).execute();
  return rows.map((row) => ({
    name: row.name,
    compute: row.compute,
    run: row.run_id,
    since: row.since,
    size: row.size ?? "",
    gpus: row.gpus === null ? null : (JSON.parse(row.gpus) as number[]),
  }));
}

export async function addNode(tx: Db, node: Omit<Node, "size">): Promise<void> {
  await tx
    .insertInto("nodes")
    .values({ name: node.name, compute: node.compute, run_id: node.run, since: node.since, gpus: null })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}

const occupy = prepared<{ name: string }>(
  "update nodes set run_id = ?, since = ?, gpus = ? where name = ? and run_id is null returning name",
);
const free = prepared<never>("update nodes set run_id = null, since = ?, gpus = null where run_id = ?");

/** Puts a run on a free node; false when the node is taken or gone. */
export async function occupyNode(
  tx: Db,
  node: { name: string; gpus: readonly number[] | null },
  run: string,
  at: number,
): Promise<boolean> {
  return (await occupy(tx, run, at, node.gpus && JSON.stringify(node.gpus), node.name)).length === 1;
}

export async function freeNodes(tx: Db, run: string, at: number): Promise<void> {
  await free(tx, at, run);
}

/** Removes a node that has no run. */
export async function removeNode(tx: Db, name: string): Promise<void> {
  await tx.deleteFrom("nodes").where("name", "=", name).where("run_id", "is", null).execute();
}
