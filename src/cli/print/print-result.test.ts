import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../fail.ts";
import { aContext, keptIo } from "../testing.fixture.ts";
import type { CommonOptions } from "../define-command.ts";
import { printResult } from "./print-result.ts";

const job = {
  name: "brave_fox_1",
  status: "Completed",
  archived: false,
  exit_code: 0,
  tags: { stage: "keep" },
  phases: [{ status: "Running" }, { status: "Completed" }],
  parent: null,
};

async function printed(value: unknown, options: CommonOptions): Promise<string> {
  const io = keptIo();
  await printResult(value, options, aContext(io));
  return io.out;
}

const cases: readonly [title: string, value: unknown, options: CommonOptions, expected: string][] = [
  ["JSON is the default, indented by two", { a: [1] }, {}, '{\n  "a": [\n    1\n  ]\n}\n'],
  ["text keeps its own letters in JSON", { a: "é✓" }, {}, '{\n  "a": "é✓"\n}\n'],
  ["members without a value are left out", { a: undefined, b: 1 }, {}, '{\n  "b": 1\n}\n'],
  ["a number that JSON has no word for is a text", { a: Number.NaN }, {}, '{\n  "a": "NaN"\n}\n'],
  ["none prints nothing", job, { output: "none" }, ""],
  [
    "YAML does not fold long lines",
    { a: "x ".repeat(60).trim() },
    { output: "yaml" },
    `a: ${"x ".repeat(60).trim()}\n`,
  ],
  ["a query's text is bare in tsv", job, { query: "name", output: "tsv" }, "brave_fox_1\n"],
  ["a query's text is quoted in JSON", job, { query: "name" }, '"brave_fox_1"\n'],
  ["a query whose whole result is null prints nothing", job, { query: "nothing.here", output: "tsv" }, ""],
  ["a query whose whole result is null prints nothing as JSON either", job, { query: "parent" }, ""],
  ["booleans in tsv are spelled as in Python", job, { query: "archived", output: "tsv" }, "False\n"],
  ["an object in tsv is one row of its values", job.tags, { output: "tsv" }, "keep\n"],
  [
    "in a row of tsv an object is empty, a list its length, null is None",
    job,
    { query: "[[name, tags, phases, parent, exit_code]]", output: "tsv" },
    "brave_fox_1\t\t2\tNone\t0\n",
  ],
  ["a list of texts in tsv is a line each", { a: ["x", "y"] }, { query: "a", output: "tsv" }, "x\ny\n"],
  ["an empty list in tsv is nothing", [], { output: "tsv" }, ""],
  [
    "a projection in tsv keeps the order of the query",
    [job],
    { query: "[].{status:status, name:name}", output: "tsv" },
    "Completed\tbrave_fox_1\n",
  ],
  [
    "a projection as a table has a column a key, with its first letter raised",
    [job, { ...job, name: "b" }],
    { query: "[].{Name:name, jobstatus:status}", output: "table" },
    "Name         Jobstatus\n-----------  ---------\nbrave_fox_1  Completed\nb            Completed\n",
  ],
  [
    "a table has no room for lists, objects and nulls",
    job,
    { output: "table" },
    "Name         Status     Archived  Exit_code\n-----------  ---------  --------  ---------\nbrave_fox_1  Completed  False     0\n",
  ],
  [
    "lists in a table have numbered columns",
    [
      ["a", 1],
      ["b", 2],
    ],
    { output: "table" },
    "Column1  Column2\n-------  -------\na        1\nb        2\n",
  ],
  ["a bare value in a table is the result", "x", { output: "table" }, "Result\n------\nx\n"],
  ["an empty list as a table is nothing", [], { output: "table" }, ""],
  ["a line break does not tear a table's row apart", [{ a: "x\ny" }], { output: "table" }, "A\n---\nx y\n"],
  [
    "wide characters take two columns",
    [
      { a: "訓練", b: 1 },
      { a: "x", b: 2 },
    ],
    { output: "table" },
    "A     B\n----  -\n訓練  1\nx     2\n",
  ],
];

for (const [title, value, options, expected] of cases) {
  test(title, async () => {
    assert.equal(await printed(value, options), expected);
  });
}

test("a command's own columns are for its result as it is, not for a query's", async () => {
  const columns = [{ title: "Job", of: (row: Readonly<Record<string, unknown>>) => row["name"] }];
  const own = keptIo();
  const queried = keptIo();

  await printResult([job], { output: "table" }, aContext(own), columns);
  await printResult([job], { output: "table", query: "[].{s:status}" }, aContext(queried), columns);

  assert.equal(own.out, "Job\n-----------\nbrave_fox_1\n");
  assert.equal(queried.out, "S\n---------\nCompleted\n");
});

test("a query that is not JMESPath is a fault of the command line", async () => {
  await assert.rejects(printed(job, { query: "[].{" }), UsageError);
});

test("colors appear on a terminal only", async () => {
  const pipe = keptIo();
  const terminal = keptIo({ stdoutIsTerminal: true });

  await printResult({ a: "b: 1" }, { output: "jsonc" }, aContext(pipe));
  await printResult({ a: "b: 1" }, { output: "jsonc" }, aContext(terminal));

  assert.equal(pipe.out, '{\n  "a": "b: 1"\n}\n');
  // eslint-disable-next-line no-control-regex -- the colors are what is looked for
  assert.equal(terminal.out.replaceAll(/\u001B\[\d+m/g, ""), pipe.out);
  assert.notEqual(terminal.out, pipe.out);
});
