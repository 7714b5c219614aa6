// Brings the tables up to date. Migrations are numbered, never edited after a release, and go forward only.
import { sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, Migrator } from "kysely/migration";
import type { Migration } from "kysely/migration";
import { Refused } from "../core/refused.ts";
import type { Db } from "./store.ts";
import { up as createTables } from "./migrations/0001-2026-11-create-tables.ts";
import { up as createAssets } from "./migrations/0002-2026-11-assets.ts";
import { up as speakMlflow } from "./migrations/0010-2026-11-mlflow.ts";
import { up as addRegistry } from "./migrations/0011-2026-11-registry.ts";
import { up as speedTracking } from "./migrations/0012-2026-11-tracking-speed.ts";
import { up as noteImports } from "./migrations/0013-2026-11-imports.ts";
import { up as addSweeps } from "./migrations/0014-2026-11-sweeps.ts";
import { up as sumUpMetrics } from "./migrations/0015-2026-11-metric-buckets.ts";
import { up as shapeClusters } from "./migrations/0017-2026-11-clusters.ts";
import { up as describeWorkspace } from "./migrations/0018-2026-11-workspace-words.ts";
import { up as noteSnapshotUse } from "./migrations/0024-2026-11-snapshot-use.ts";
import { up as noteArchiving } from "./migrations/0025-2026-11-archived-at.ts";
import { up as keepSmallFiles } from "./migrations/0026-2026-11-small-files.ts";
import { up as orderInputs } from "./migrations/0027-2026-11-input-order.ts";

const migrations: Record<string, Migration> = {
  "0001-2026-11-create-tables": { up: createTables },
  "0002-2026-11-assets": { up: createAssets },
  "0010-2026-11-mlflow": { up: speakMlflow },
  "0011-2026-11-registry": { up: addRegistry },
  "0012-2026-11-tracking-speed": { up: speedTracking },
  "0013-2026-11-imports": { up: noteImports },
  "0014-2026-11-sweeps": { up: addSweeps },
  "0015-2026-11-metric-buckets": { up: sumUpMetrics },
  "0017-2026-11-clusters": { up: shapeClusters },
  "0018-2026-11-workspace-words": { up: describeWorkspace },
  "0024-2026-11-snapshot-use": { up: noteSnapshotUse },
  "0025-2026-11-archived-at": { up: noteArchiving },
  "0026-2026-11-small-files": { up: keepSmallFiles },
  "0027-2026-11-input-order": { up: orderInputs },
};

/** `lastProgram`: the version of Trainyard that served this database last, where that is known. */
export async function migrate(db: Db, lastProgram?: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    // Numbers are given out before the work is done: a later one may be there first.
    allowUnorderedMigrations: true,
  });
  await refuseNewer(db, lastProgram);
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error("the database could not be brought up to date", { cause: error });
}

/** Tables that a later version made are not understood here, and writing to them could spoil them. */
async function refuseNewer(db: Db, lastProgram: string | undefined): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return;
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  const writer = lastProgram === undefined ? "a newer version of Trainyard" : `Trainyard ${lastProgram}`;
  throw new Refused(
    "conflict",
    `the database was written by ${writer}, which has changed its tables in a way that this version does not know (${unknown.join(", ")}). Nothing was touched`,
    `run ${lastProgram === undefined ? "that version" : `version ${lastProgram}`} or a later one here, or set TRAINYARD_HOME to another folder`,
  );
}
