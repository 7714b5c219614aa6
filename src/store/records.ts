// Record streams: lines that a job's processes appended to files, taken in exactly once by byte offset.
import { Refused } from "../core/refused.ts";
import { fromWireNumber } from "../core/metric.ts";
import type { MetricKind, RunRecord } from "../core/metric.ts";
import { recordEvent } from "./events.ts";
import { addNewLabels, emptyLabels, setLabels } from "./labels.ts";
import { appendAllPoints } from "./append-points.ts";
import type { Point } from "./append-points.ts";
import { appendRows } from "./metrics.ts";
import type { MetricRow } from "./metrics.ts";
import { reportFailure } from "./reported-failure.ts";
import type { ReportedFailure } from "./reported-failure.ts";
import { prepared } from "./prepared.ts";
import { describeRun } from "./runs.ts";
import type { Db } from "./store.ts";

export async function readOffsets(db: Db, run: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom("record_streams")
    .select(["stream", "offset"])
    .where("run_id", "=", run)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.stream, row.offset]));
}

const offsetOf = prepared<{ offset: number }>(
  "select offset from record_streams where run_id = ? and stream = ?",
);
const setOffset = prepared<never>(
  `insert into record_streams (run_id, stream, offset) values (?, ?, ?)
   on conflict (run_id, stream) do update set offset = excluded.offset`,
);

/** Moves a stream's offset on; refuses when the lines do not begin where the stream stands. */
export async function advanceStream(
  tx: Db,
  run: string,
  stream: string,
  lines: { offset: number; sizeBytes: number },
): Promise<void> {
  const [known] = await offsetOf(tx, run, stream);
  const expected = known?.offset ?? 0;
  if (lines.offset !== expected) {
    throw new Refused(
      "conflict",
      `stream ${stream} stands at byte ${expected}, not at ${lines.offset}`,
      "go on from there",
      {
        expected,
      },
    );
  }
  await setOffset(tx, run, stream, expected + lines.sizeBytes);
}

/** Stores what the records say. Returns how many could not be: another kind of metric has the name, or the property is set. */
export async function storeRecords(
  tx: Db,
  run: { id: string; seq: number },
  records: readonly RunRecord[],
  at: number,
): Promise<number> {
  const points = new Map<string, Point[]>();
  const rows = new Map<string, { kind: Exclude<MetricKind, "scalar">; name: string; rows: MetricRow[] }>();
  const labels = {
    param: emptyLabels<string | null>(),
    tag: emptyLabels<string | null>(),
    property: emptyLabels<string>(),
  };
  let failure: ReportedFailure | undefined;
  for (const record of records) {
    switch (record.t) {
      case "m":
        listAt(points, record.n).push({
          value: fromWireNumber(record.v),
          step: record.s ?? null,
          at: record.at,
        });
        break;
      case "x": {
        const key = `${record.k} ${record.n}`;
        const group = rows.get(key) ?? { kind: record.k, name: record.n, rows: [] };
        group.rows.push({ value: record.v, step: record.s ?? null, at: record.at });
        rows.set(key, group);
        break;
      }
      case "p":
        labels.param[record.n] = record.v;
        break;
      case "g":
        labels.tag[record.n] = record.v;
        break;
      case "r":
        // What was said first stays, within these lines too.
        labels.property[record.n] ??= record.v;
        break;
      case "d":
        await describeRun(tx, run.id, { description: record.v });
        break;
      case "e":
        failure = { message: record.v, code: record.c ?? null };
        break;
    }
  }
  let lost = 0;
  for (const name of await appendAllPoints(tx, run.seq, points)) lost += points.get(name)!.length;
  for (const group of rows.values()) {
    if (!(await appendRows(tx, run.seq, group.name, group.kind, group.rows))) lost += group.rows.length;
  }
  await setLabels(tx, run.id, "param", labels.param);
  await setLabels(tx, run.id, "tag", labels.tag);
  lost += (await addNewLabels(tx, run.id, "property", labels.property)).length;
  if (failure) await reportFailure(tx, run.id, failure);
  await announce(
    tx,
    run.id,
    at,
    [...points.keys(), ...[...rows.values()].map((group) => group.name)],
    records,
    labels,
  );
  return lost;
}

async function announce(
  tx: Db,
  run: string,
  at: number,
  names: string[],
  records: readonly RunRecord[],
  labels: Record<string, Record<string, unknown>>,
): Promise<void> {
  if (names.length > 0) {
    const logged = records.filter((record) => record.t === "m" || record.t === "x").length;
    await recordEvent(tx, at, run, { kind: "run.metrics", names: names.slice(0, 100), points: logged });
  }
  const params = Object.keys(labels["param"] ?? {});
  if (params.length > 0) await recordEvent(tx, at, run, { kind: "run.params", keys: params.slice(0, 100) });
  const changed = ["tag", "property"].filter((kind) => Object.keys(labels[kind] ?? {}).length > 0);
  if (changed.length > 0) await recordEvent(tx, at, run, { kind: "run.changed", fields: changed });
}

function listAt<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
