// The vectors are what MLflow 3.11 answers over the same five runs.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { runGrammar } from "../core/search/grammar.ts";
import { parseFilter } from "../core/search/parse-filter.ts";
import { parseOrder } from "../core/search/parse-order.ts";
import { saveDatasets } from "./run-datasets.ts";
import { insertExperiment } from "./experiments.ts";
import { setLabels } from "./labels.ts";
import { appendPoints } from "./metrics.ts";
import { searchRuns } from "./search-runs.ts";
import type { RunSearch } from "./search-runs.ts";
import type { Store } from "./store.ts";
import { findTrackedRun, insertTrackedRun, readTrackedRuns, setTrackedState } from "./tracked-runs.ts";

const runs = [
  {
    id: "a",
    start: 10,
    end: 100,
    state: "Completed",
    metrics: { m: 1, "x y": 1, "a.b": 3 },
    params: { p: "1", q: "Abc" },
    tags: { t: "v", "t.dot": "z" },
  },
  { id: "b", start: 20, metrics: { m: Number.NaN }, params: { p: "10" }, tags: { t: "V%" } },
  { id: "c", start: 30, end: 50, state: "Failed", params: { p: "2" } },
  { id: "d", start: 30, metrics: { m: Number.POSITIVE_INFINITY }, tags: { t: "it's" } },
  { id: "f", start: 5, metrics: { m: -2 }, params: { p: "x_y" } },
] as const;

let store: Store;
let experiment: string;

before(async () => {
  store = await openMemoryStore();
  await store.write(async (tx) => {
    experiment = await insertExperiment(tx, { name: "golden", at: 1 });
    for (const run of runs) {
      const { id } = run;
      await insertTrackedRun(tx, {
        id,
        experimentId: experiment,
        name: id,
        user: "u1",
        startedAt: run.start,
        parent: null,
        ofJob: null,
        at: 1,
      });
      if ("end" in run) await setTrackedState(tx, id, { state: run.state, endedAt: run.end });
      const { seq } = (await findTrackedRun(tx, id))!;
      if ("metrics" in run) {
        for (const [name, value] of Object.entries(run.metrics)) {
          await appendPoints(tx, seq, name, [{ value, step: 0, at: 1 }]);
        }
      }
      if ("params" in run) await setLabels(tx, id, "param", run.params);
      if ("tags" in run) await setLabels(tx, id, "tag", run.tags);
    }
    await saveDatasets(tx, "a", [
      { name: "ds", digest: "dg", sourceType: "", source: "", context: "train", tags: [] },
    ]);
  });
});
after(() => store.close());

async function search(changes: Partial<RunSearch>): Promise<{ found: string; next: string | undefined }> {
  const { seqs, next } = await searchRuns(store.db, {
    experiments: [experiment],
    filter: [],
    order: [],
    view: "active",
    limit: 100,
    ...changes,
  });
  const found = (await readTrackedRuns(store.db, seqs)).map(({ id }) => id).join(" ");
  return { found, next };
}

describe("A search of runs finds by", () => {
  for (const [filter, expected] of [
    ["", "c d b a f"],
    ["metrics.m > 0", "d a"],
    ["metrics.m != 1", "d b f"],
    ["metrics.m > -5", "d b a f"],
    ["metrics.m < 0", "f"],
    ["metrics.a.b > 2", "a"],
    ["params.p != '1'", "c b f"],
    ["params.q LIKE 'a%'", ""],
    ["params.q ILIKE 'a%'", "a"],
    ["params.p LIKE 'x\\_y'", ""],
    ["params.p LIKE 'x_y'", "f"],
    ['param.p = "1"', "a"],
    ["tags.t LIKE 'V%'", "b"],
    ["tags.t LIKE '%*%'", ""],
    ["tags.t != 'v'", "d b"],
    ['tags.t = "it\'s"', "d"],
    ["tags.t = 'it''s'", ""],
    ["tags.t.dot = 'z'", "a"],
    ["`run name` = 'a'", "a"],
    ["tags.`mlflow.runName` = 'a'", "a"],
    ["status = 'finished'", ""],
    ["attr.status != 'FINISHED'", "c d b f"],
    ["start_time > 10", "c d b"],
    ["created > 10", "c d b"],
    ["end_time > 60", "a"],
    ["run_id NOT IN ('a')", "c d b f"],
    ["run_id IN ('a','f')", "a f"],
    ["user_id = 'u1' AND artifact_uri LIKE '%/a/artifacts'", "a"],
    ["dataset.context = 'train'", "a"],
    ["metrics.m > 0 and params.p = '1'", "a"],
    ["params.p IS NULL", "d"],
    ["params.p IS NOT NULL", "c b a f"],
    ["tags.t IS NULL", "c f"],
    ["tags.nope != 'x'", ""],
    ["params.p='1'AND tags.t='v'", "a"],
  ] as const) {
    it(filter === "" ? "nothing: all" : filter, async () => {
      assert.equal((await search({ filter: parseFilter(filter, runGrammar) })).found, expected);
    });
  }
});

describe("A search of runs sorts by", () => {
  for (const [order, expected] of [
    ["metrics.m", "f a d b c"],
    ["metrics.m DESC", "d a f b c"],
    ["params.p", "a b c f d"],
    ["params.p DESC", "f c b a d"],
    ["tags.t", "b d a c f"],
    ["start_time", "f a b c d"],
    ["end_time", "c a d b f"],
    ["end_time DESC", "a c d b f"],
    ["status", "c a d b f"],
    ["run_name DESC", "f d c b a"],
    ["metrics.nope", "c d b a f"],
    ["attributes.start_time ASC, run_id DESC", "f a b d c"],
  ] as const) {
    const clauses = parseOrder(order.split(", "), runGrammar);

    it(order, async () => {
      assert.equal((await search({ order: clauses })).found, expected);
    });

    it(`${order}, the same in pages of two, with no token on the last`, async () => {
      const pages: string[] = [];
      let token: string | undefined;
      do {
        const page = await search({ order: clauses, limit: 2, token });
        pages.push(page.found);
        token = page.next;
      } while (token !== undefined);

      assert.equal(pages.length, 3);
      assert.equal(pages.join(" "), expected);
    });
  }
});

it("A page token is good for the search that gave it out, and for no other", async () => {
  const { next } = await search({ limit: 2 });

  for (const [token, changes] of [
    [next, { filter: parseFilter("metrics.m > 0", runGrammar) }],
    [next, { order: parseOrder(["metrics.m"], runGrammar) }],
    ["nonsense", {}],
    [Buffer.from("{}").toString("base64"), {}],
  ] as const) {
    await assert.rejects(search({ ...changes, token }), /Invalid page token/);
  }
});

it("A page goes on where the last one ended when runs were added meanwhile", async () => {
  const first = await search({ limit: 2 });
  await store.write((tx) =>
    insertTrackedRun(tx, {
      id: "newer",
      experimentId: experiment,
      name: "n",
      user: "",
      startedAt: 99,
      parent: null,
      ofJob: null,
      at: 1,
    }),
  );

  assert.equal((await search({ limit: 3, token: first.next })).found, "b a f");
});
