// Puts changed rows among those that are shown, in the order that the server would give.
import type { TablePage } from "./table-queries.ts";
import { isNumeric, splitColumn } from "./view.ts";
import type { RunRow, Sort, TableRequest } from "./view.ts";

type Value = string | number | null;

const builtIn: Readonly<Record<string, (row: RunRow) => Value>> = {
  start_time: (row) => row.beginsAt,
  end_time: (row) => row.endedAt,
  duration: (row) => (row.endedAt === null ? null : row.endedAt - row.beginsAt),
  run_name: (row) => row.name,
  run_id: (row) => row.id,
  user_id: (row) => row.user,
  state: (row) => row.state,
  experiment: (row) => row.experiment,
};

function valueOf(row: RunRow, key: string, { columns }: TableRequest): Value {
  const parts = splitColumn(key);
  if (!parts) return builtIn[key]?.(row) ?? null;
  const [kind, name] = parts;
  const value = row[kind][columns?.[kind]?.indexOf(name) ?? -1] ?? null;
  return isNumeric(kind) && value !== null ? Number(value) : value;
}

/** What is missing comes last in both directions, NaN just before it. */
const rankOf = (value: Value): number => (value === null ? 2 : Number.isNaN(value) ? 1 : 0);

/** Negative when `a` stands above `b`. */
export function compareRows(a: RunRow, b: RunRow, sorts: readonly Sort[], request: TableRequest): number {
  for (const { key, ascending } of sorts) {
    const [one, other] = [valueOf(a, key, request), valueOf(b, key, request)];
    const byRank = rankOf(one) - rankOf(other);
    if (byRank !== 0) return byRank;
    if (one === other || rankOf(one) > 0) continue;
    const isLess = one! < other!;
    return isLess === ascending ? -1 : 1;
  }
  return b.beginsAt - a.beginsAt || (a.id < b.id ? -1 : 1);
}

interface Changes {
  /** The rows as they are now, those that match. */
  rows: readonly RunRow[];
  /** All that were asked for: one that is not among the rows is no longer to be shown. */
  asked: ReadonlySet<string>;
}

/** The pages with these changes; the very same pages when nothing of what they show has changed. */
export function placeRows(
  pages: readonly TablePage[],
  { rows, asked }: Changes,
  sorts: readonly Sort[],
  request: TableRequest,
): readonly TablePage[] {
  const fresh = new Map(rows.map((row) => [row.id, row]));
  const compare = (a: RunRow, b: RunRow) => compareRows(a, b, sorts, request);
  const isEqual = (a: RunRow, b: RunRow) =>
    sorts.every(({ key }) => Object.is(valueOf(a, key, request), valueOf(b, key, request)));
  const moved: RunRow[] = [];
  const kept = pages.map((page) => {
    if (!page.rows.some(({ id }) => asked.has(id))) return page;
    const stay = page.rows.flatMap((row) => {
      if (!asked.has(row.id)) return row;
      const now = fresh.get(row.id);
      if (!now) return [];
      fresh.delete(row.id);
      // It keeps its place, unless what it is sorted by has changed.
      if (isEqual(row, now)) return now;
      moved.push(now);
      return [];
    });
    return { ...page, rows: stay };
  });
  return insertRows(kept, [...moved, ...fresh.values()], compare);
}

function insertRows(
  pages: readonly TablePage[],
  rows: readonly RunRow[],
  compare: (a: RunRow, b: RunRow) => number,
): readonly TablePage[] {
  if (rows.length === 0) return pages;
  const result = pages.map((page) => ({ ...page, rows: [...page.rows] }));
  for (const row of rows) {
    const page =
      result.find(({ rows: list }) => list.length > 0 && compare(row, list.at(-1)!) < 0) ??
      // After all that is shown: it is on a page to come, unless there is none.
      (result.at(-1)?.next === null ? result.at(-1) : undefined);
    if (!page) continue;
    const at = page.rows.findIndex((other) => compare(row, other) < 0);
    page.rows.splice(at < 0 ? page.rows.length : at, 0, row);
  }
  return result;
}
