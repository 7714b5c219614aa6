// The table of runs over HTTP: rows with the columns that were asked for, pages, counts, keys, curves.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

let server: TestServer;

async function logRun(name: string, logged: { at: number; end?: number; parent?: string }): Promise<string> {
  const post = async (path: string, body: unknown) => {
    const answer = await server.fetch(`/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as { run: { info: { run_id: string } } };
  };
  const { run } = await post("runs/create", {
    experiment_id: "0",
    run_name: name,
    start_time: logged.at,
    tags: logged.parent === undefined ? [] : [{ key: "mlflow.parentRunId", value: logged.parent }],
  });
  const id = run.info.run_id;
  const metrics = Array.from({ length: 200 }, (_, step) => ({
    key: "loss",
    value: name === "b" ? step + 1 : 200 - step,
    timestamp: logged.at + step,
    step,
  }));
  await post("runs/log-batch", {
    run_id: id,
    metrics: [
      ...metrics,
      { key: "odd", value: "NaN", timestamp: 1, step: 0 },
      ...(name === "c" ? [{ key: "a name of one run alone", value: 1, timestamp: 1, step: 0 }] : []),
    ],
    params: [{ key: "lr", value: name === "a" ? "0.1" : "0.2" }],
    tags: [{ key: "team", value: "x" }],
  });
  if (logged.end !== undefined) {
    await post("runs/update", { run_id: id, status: "FINISHED", end_time: logged.end });
  }
  return id;
}

describe("The table of runs", () => {
  const ids: Record<string, string> = {};
  before(async () => {
    server = await startTestServer();
    ids["a"] = await logRun("a", { at: 1000, end: 61_000 });
    ids["b"] = await logRun("b", { at: 2000, end: 4000 });
    ids["c"] = await logRun("c", { at: 3000, parent: ids["b"] });
  });
  after(() => server[Symbol.asyncDispose]());
  const namesOf = async (body: Parameters<typeof server.client.readRunTable>[0]["body"]) =>
    (await server.client.readRunTable({ body })).rows.map(({ name }) => name).join(" ");

  it("has the newest first, with the columns that were asked for", async () => {
    const columns = { metrics: ["loss", "odd", "none"], params: ["lr", "none"], tags: ["team"] };

    const { rows, next } = await server.client.readRunTable({ body: { columns } });

    assert.deepEqual(
      rows.map(({ name }) => name),
      ["c", "b", "a"],
    );
    assert.equal(next, null);
    const oldest = rows[2]!;
    assert.deepEqual(oldest.metrics, [1, "NaN", null]);
    assert.deepEqual(oldest.params, ["0.1", null]);
    assert.deepEqual(oldest.tags, ["x"]);
    assert.equal(oldest.state, "Completed");
    assert.equal(oldest.kind, null);
    assert.equal(rows[1]!.children, 1);
    assert.equal(rows[0]!.parent, ids["b"]);
  });

  it("has the least and greatest values ever, to filter and to sort by as well", async () => {
    const columns = { metrics: ["loss"], minima: ["loss", "odd", "none"], maxima: ["loss"] };
    const { rows } = await server.client.readRunTable({ body: { columns } });

    assert.deepEqual(
      rows.map(({ metrics, minima, maxima }) => [metrics, minima, maxima]),
      [
        [[1], [1, null, null], [200]],
        [[200], [1, null, null], [200]],
        [[1], [1, null, null], [200]],
      ],
    );
    assert.equal(await namesOf({ filter: "metrics.loss > 150" }), "b");
    assert.equal(await namesOf({ filter: "max.loss > 150 AND min.loss < 2 AND max.odd < 9" }), "");
    assert.equal(await namesOf({ filter: "max.`loss` > 150 AND min.loss < 2" }), "c b a");
    assert.equal(await namesOf({ orderBy: ["max.loss DESC", "metrics.loss DESC"] }), "b c a");
  });

  it("is filtered, by what MLflow does not know as well", async () => {
    assert.equal(await namesOf({ filter: "duration > 10 AND params.lr = '0.1'" }), "a");
    assert.equal(await namesOf({ filter: "state IN ('Running')" }), "c");
    assert.equal(await namesOf({ states: ["Completed"] }), "b a");
    assert.equal(await namesOf({ parent: null }), "b a");
    assert.equal(await namesOf({ parent: ids["b"]! }), "c");
    assert.equal(await namesOf({ runs: [ids["a"]!, ids["c"]!], states: ["Running"] }), "c");
    assert.equal(await namesOf({ experiments: ["Default"] }), "c b a");
    assert.equal(await namesOf({ experiments: ["nowhere"] }), "");
    assert.equal(await namesOf({ view: "archived" }), "");
  });

  it("is sorted by duration with what goes on last, and paged by key", async () => {
    const orderBy = ["duration DESC"];
    assert.equal(await namesOf({ orderBy }), "a b c");

    const first = await server.client.readRunTable({ body: { orderBy, limit: 2 } });
    const second = await server.client.readRunTable({ body: { orderBy, limit: 2, pageToken: first.next! } });

    assert.deepEqual(
      [...first.rows, ...second.rows].map(({ name }) => name),
      ["a", "b", "c"],
    );
  });

  it("says how many match", async () => {
    assert.deepEqual(await server.client.countRuns({ body: {} }), { runs: 3 });
    assert.deepEqual(await server.client.countRuns({ body: { filter: "params.lr = '0.2'" } }), { runs: 2 });
  });

  it("says where a filter is wrong", async () => {
    const answer = await server.fetch("/api/v1/runs/table", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ filter: "duration > 10 AND sate = 'x'" }),
    });
    const problem = (await answer.json()) as { details: unknown; title: string };
    assert.equal(answer.status, 400);
    assert.deepEqual(problem.details, { start: 18, end: 22 });
    assert.match(problem.title, /Valid keys are .*state/);
  });

  it("lists the keys that runs have, those of most runs first", async () => {
    const { metrics, params, tags } = await server.client.listRunKeys({ body: {} });
    assert.deepEqual(metrics, ["loss", "odd", "a name of one run alone"]);
    assert.deepEqual(params, ["lr"]);
    assert.ok(tags.includes("team"));
    const none = await server.client.listRunKeys({ body: { experiments: ["nowhere"] } });
    assert.deepEqual(none, { metrics: [], params: [], tags: [] });
  });

  it("draws a metric in few points, from the first to the last", async () => {
    const body = { runs: [ids["b"]!, ids["a"]!, "gone"], metric: "loss", points: 5 };
    const { lines } = await server.client.readSparklines({ body });
    assert.deepEqual(lines, [
      { run: ids["b"], values: [1, 50, 100, 150, 200] },
      { run: ids["a"], values: [200, 151, 101, 51, 1] },
    ]);
    const { lines: odd } = await server.client.readSparklines({ body: { ...body, metric: "odd" } });
    assert.deepEqual(odd[0]!.values, [null]);
  });
});
