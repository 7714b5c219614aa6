// Pages by token, through the interface: all of them together are the whole list, each thing once and in order.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

const count = 7;
let server: TestServer;

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await server.fetch(`/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, path);
  return (await response.json()) as Record<string, unknown>;
}

before(async () => {
  server = await startTestServer();
  for (let index = 0; index < count; index++) {
    await post("experiments/create", { name: `experiment ${index % 2} ${index}` });
    await post("registered-models/create", { name: `model-${index % 2}-${index}` });
  }
  for (let index = 0; index < count; index++) {
    await post("model-versions/create", { name: `model-${index % 2}-${index % 2}`, source: "s3://bucket/x" });
  }
});
after(() => server[Symbol.asyncDispose]());

type Row = Record<string, unknown>;

/** The rows of all pages, at most `rows` each. */
async function pages(
  path: string,
  field: string,
  query: Record<string, string>,
  rows: number,
): Promise<Row[][]> {
  const found: Row[][] = [];
  let token: string | undefined;
  do {
    const asked = new URLSearchParams({
      ...query,
      max_results: String(rows),
      ...(token && { page_token: token }),
    });
    const response = await server.fetch(`/api/2.0/mlflow/${path}?${asked.toString()}`);
    const page = (await response.json()) as Row;
    assert.equal(response.status, 200, JSON.stringify(page));
    found.push((page[field] ?? []) as Row[]);
    token = page["next_page_token"] as string | undefined;
    assert.ok(found.length <= count + 2, "the pages come to an end");
  } while (token);
  return found;
}

describe("In pages of any size", () => {
  for (const [path, field, key, queries] of [
    [
      "experiments/search",
      "experiments",
      (row: Row) => row["name"],
      [
        {},
        { order_by: "name DESC" },
        { order_by: "name" },
        { order_by: "creation_time" },
        { order_by: "last_update_time DESC" },
        { order_by: "experiment_id" },
        { filter: "name LIKE 'experiment 1%'" },
      ],
    ],
    [
      "registered-models/search",
      "registered_models",
      (row: Row) => row["name"],
      [
        {},
        { order_by: "name DESC" },
        { order_by: "timestamp" },
        { order_by: "last_updated_timestamp DESC" },
        { filter: "name LIKE 'model-1%'" },
      ],
    ],
    [
      "model-versions/search",
      "model_versions",
      (row: Row) => `${String(row["name"])} ${String(row["version"])}`,
      [
        {},
        { order_by: "version_number DESC" },
        { order_by: "name" },
        { order_by: "creation_timestamp" },
        { filter: "name = 'model-1-1'" },
      ],
    ],
  ] as const) {
    for (const query of queries) {
      it(`${path} ${JSON.stringify(query)} gives what it gives in one`, async () => {
        const [all] = await pages(path, field, query, 100);
        assert.ok(all!.length >= 3);
        for (const rows of [1, 2, 3]) {
          const parts = await pages(path, field, query, rows);
          assert.deepEqual(parts.flat().map(key), all!.map(key), `${rows} a page`);
          assert.ok(parts.every((part) => part.length <= rows));
        }
      });
    }
  }
});
