// Rows that change while the table is shown: each comes to the place that the server would give it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeRows } from "../../studio/src/features/jobs/place-rows.ts";
import type { RunRow, Sort, TableRequest } from "../../studio/src/features/jobs/view.ts";

const request: TableRequest = { columns: { metrics: ["loss"], params: ["lr"], tags: [] } };
const newest: Sort[] = [{ key: "start_time", ascending: false }];
const byLoss: Sort[] = [{ key: "metrics.loss", ascending: true }];

const aRow = (id: string, beginsAt: number, more: Partial<RunRow> = {}): RunRow => ({
  id,
  number: 1,
  name: id,
  experiment: "walk",
  state: "Running",
  reason: null,
  kind: "command",
  parent: null,
  children: 0,
  user: "ada",
  createdAt: beginsAt,
  beginsAt,
  startedAt: beginsAt,
  endedAt: null,
  archived: false,
  metrics: [null],
  minima: [],
  maxima: [],
  params: [null],
  tags: [],
  ...more,
});
const loss = (id: string, value: RunRow["metrics"][number]) => aRow(id, 1, { metrics: [value] });
const pagesOf = (rows: RunRow[][], next: string | null = null) =>
  rows.map((list, index) => ({ rows: list, next: index < rows.length - 1 ? `${index}` : next }));
const place = (
  pages: ReturnType<typeof pagesOf>,
  rows: RunRow[],
  sorts = newest,
  asked = rows.map(({ id }) => id),
) => placeRows(pages, { rows, asked: new Set(asked) }, sorts, request);
const idsOf = (pages: readonly { rows: RunRow[] }[]) =>
  pages.map(({ rows }) => rows.map(({ id }) => id).join(" "));

describe("A row that changes", () => {
  const pages = pagesOf([[aRow("c", 3), aRow("b", 2)], [aRow("a", 1)]]);

  it("stays where it is when it is not sorted by what changed", () => {
    const changed = place(pages, [aRow("b", 2, { state: "Failed" })]);
    assert.deepEqual(idsOf(changed), ["c b", "a"]);
    assert.equal(changed[0]!.rows[1]!.state, "Failed");
    assert.equal(changed[1], pages[1], "a page without changes is the same object");
  });

  it("comes to the top when it is the newest", () => {
    assert.deepEqual(idsOf(place(pages, [aRow("d", 4)])), ["d c b", "a"]);
  });

  it("moves when it was sorted by what changed", () => {
    assert.deepEqual(idsOf(place(pages, [aRow("a", 9)])), ["a c b", ""]);
  });

  it("goes when it no longer matches", () => {
    assert.deepEqual(idsOf(place(pages, [], newest, ["b"])), ["c", "a"]);
  });

  it("waits for its page when it stands after all that is shown", () => {
    assert.deepEqual(idsOf(place(pagesOf([[aRow("c", 3)]], "more"), [aRow("a", 1)])), ["c"]);
    assert.deepEqual(idsOf(place(pagesOf([[aRow("c", 3)]]), [aRow("a", 1)])), ["c a"]);
  });

  it("is the first of an empty table", () => {
    assert.deepEqual(idsOf(place(pagesOf([[]]), [aRow("a", 1)])), ["a"]);
  });
});

describe("The order of rows", () => {
  it("has missing values last, and NaN before them, in both directions", () => {
    const rows = [
      loss("missing", null),
      loss("nan", "NaN"),
      loss("inf", "Infinity"),
      loss("one", 1),
      loss("two", 2),
    ];
    assert.deepEqual(idsOf(place(pagesOf([[]]), rows, byLoss)), ["one two inf nan missing"]);
    const down: Sort[] = [{ key: "metrics.loss", ascending: false }];
    assert.deepEqual(idsOf(place(pagesOf([[]]), rows, down)), ["inf two one nan missing"]);
  });

  it("breaks ties by the begin, then by the id", () => {
    const rows = [aRow("b", 1), aRow("a", 1), aRow("z", 2)];
    assert.deepEqual(idsOf(place(pagesOf([[]]), rows, [{ key: "state", ascending: true }])), ["z a b"]);
  });
});
