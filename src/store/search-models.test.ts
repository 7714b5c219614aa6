import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { modelGrammar } from "../core/search/grammar.ts";
import { parseFilter } from "../core/search/parse-filter.ts";
import { insertExperiment } from "./experiments.ts";
import { insertLoggedModel, saveModelMetric, setModelLabels } from "./logged-models.ts";
import { searchModels } from "./search-models.ts";
import type { ModelSearch } from "./search-models.ts";
import type { Store } from "./store.ts";

let store: Store;
let experiment: string;

/** Measured on two datasets, in opposite orders; `d` nowhere. */
const measured = { a: { train: 1, test: 9 }, b: { train: 2, test: 8 }, c: { train: 3, test: Number.NaN } };

before(async () => {
  store = await openMemoryStore();
  await store.write(async (tx) => {
    experiment = await insertExperiment(tx, { name: "models", at: 1 });
    for (const [index, id] of ["a", "b", "c", "d"].entries()) {
      const model = { id, experimentId: experiment, name: `net-${id}`, createdAt: index, modelType: null };
      await insertLoggedModel(tx, { ...model, sourceRun: null, ofJob: null, status: "LOGGED_MODEL_READY" });
      await setModelLabels(tx, id, "param", [{ key: "lr", value: `0.0${index}` }]);
    }
    for (const [id, values] of Object.entries(measured)) {
      for (const [dataset, value] of Object.entries(values)) {
        const point = { run: "r", name: "loss", datasetName: dataset, datasetDigest: "1", step: 0, at: 1 };
        await saveModelMetric(tx, id, { ...point, value });
      }
    }
  });
});
after(() => store.close());

async function search(changes: Partial<ModelSearch>): Promise<string> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const all = { experiments: [experiment], filter: [], order: [], datasets: [], limit: 3 };
    const { ids, next } = await searchModels(store.db, { ...all, token, ...changes });
    found.push(...ids);
    token = next;
  } while (token !== undefined);
  return found.join(" ");
}

describe("A search of logged models, in pages", () => {
  for (const [filter, expected] of [
    ["", "d c b a"],
    ["params.lr = 0.01", "b"],
    ["name IN ('net-a', 'net-c')", "c a"],
    ["status = 'READY'", "d c b a"],
    ["metrics.loss >= 8", "b a"],
    ["metrics.loss < 3", "c b a"],
    ["creation_time >= 2", "d c"],
  ] as const) {
    it(`finds by ${filter || "nothing: all, the newest first"}`, async () => {
      assert.equal(await search({ filter: parseFilter(filter, modelGrammar) }), expected);
    });
  }

  it("counts only what was measured on the datasets that it names", async () => {
    const filter = parseFilter("metrics.loss > 2", modelGrammar);

    assert.equal(await search({ filter, datasets: [{ name: "train", digest: undefined }] }), "c");
    assert.equal(await search({ filter, datasets: [{ name: "train", digest: "2" }] }), "");
    assert.equal(await search({ filter, datasets: [{ name: "test", digest: "1" }] }), "b a");
  });

  it("sorts by a metric as measured on the dataset that the order names; what lacks it comes last", async () => {
    const by = (name: string, ascending: boolean) =>
      search({
        order: [{ entity: "metric", key: "loss", ascending, dataset: { name, digest: undefined } }],
        limit: 1,
      });

    assert.equal(await by("train", true), "a b c d");
    assert.equal(await by("train", false), "c b a d");
    assert.equal(await by("test", true), "b a d c");
    assert.equal(await by("test", false), "a b d c");
  });
});
