// The registry's searches and stages in the store, over many versions.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { modelVersionGrammar, registeredModelGrammar } from "../core/search/grammar.ts";
import { parseFilter } from "../core/search/parse-filter.ts";
import { parseOrder } from "../core/search/parse-order.ts";
import { describeAsset } from "./asset-changes.ts";
import { insertAsset } from "./assets.ts";
import { searchModelVersions, searchRegisteredModels } from "./registry-search.ts";
import { latestOfStages, readModelVersions } from "./registry-versions.ts";
import type { Store } from "./store.ts";

let store: Store;
before(async () => {
  store = await openMemoryStore();
  await store.write(async (tx) => {
    for (let index = 0; index < 60; index++) {
      await insertAsset(tx, {
        kind: "model",
        name: `m${index % 3}`,
        version: undefined,
        content: { kind: "model", type: "mlflow_model", source: { kind: "uri", uri: `s3://b/${index}` } },
        contentKey: String(index),
        description: "",
        tags: { odd: String(index % 2), "a.b": "x y" },
        properties: {},
        run: index % 5 === 0 ? null : `run${index % 5}`,
        createdBy: "user",
        // Many of the same moment, so that the order has ties to break.
        at: Math.floor(index / 10),
      });
    }
  });
});

async function versions(filter: string, order: string[] = [], limit = 1000): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await searchModelVersions(store.db, {
      filter: parseFilter(filter, modelVersionGrammar),
      order: parseOrder(order, modelVersionGrammar),
      limit,
      token,
    });
    const read = await readModelVersions(store.db, page.ids);
    found.push(...read.map(({ name, version }) => `${name}:${version}`));
    token = page.next;
  } while (token !== undefined);
  return found;
}

describe("A search of versions", () => {
  it("gives each of them once, in the same order, whatever the size of its pages", async () => {
    for (const order of [[], ["name"], ["version_number DESC"], ["creation_timestamp", "name DESC"]]) {
      const whole = await versions("", order);
      assert.equal(new Set(whole).size, 60);
      assert.deepEqual(await versions("", order, 7), whole);
    }
  });

  it("orders by the last change, then name, then number downwards, unless told otherwise", async () => {
    assert.deepEqual((await versions("")).slice(0, 5), ["m0:20", "m0:19", "m0:18", "m1:20", "m1:19"]);
    assert.deepEqual((await versions("name = 'm2'", ["version_number"])).slice(0, 3), [
      "m2:1",
      "m2:2",
      "m2:3",
    ]);
  });

  it("compares names, numbers, runs, sources and tags", async () => {
    assert.equal((await versions("name LIKE 'm_' AND version_number <= '2'")).length, 6);
    assert.equal((await versions("run_id IN ('run1', 'run2')")).length, 24);
    assert.equal((await versions("run_id != 'run1'")).length, 36);
    assert.deepEqual(await versions("source_path = 's3://b/7'"), ["m1:3"]);
    assert.equal((await versions("tags.odd = '1' AND tag.`a.b` ILIKE 'X%'")).length, 30);
    assert.equal((await versions("tags.odd IS NULL")).length, 0);
    assert.equal((await versions("tags.other != 'x'")).length, 0);
  });
});

describe("A search of models", () => {
  it("goes by name, or by the last change", async () => {
    const names = async (filter: string, order: string[] = []) =>
      (
        await searchRegisteredModels(store.db, {
          filter: parseFilter(filter, registeredModelGrammar),
          order: parseOrder(order, registeredModelGrammar),
          limit: 10,
        })
      ).ids;

    assert.deepEqual(await names(""), ["m0", "m1", "m2"]);
    assert.deepEqual(await names("name != 'm1'", ["name DESC"]), ["m2", "m0"]);
    assert.deepEqual(await names("", ["last_updated_timestamp DESC"]), ["m0", "m1", "m2"]);
  });
});

describe("The newest version of each stage", () => {
  it("is one a stage, with what is in Development counted as in none", async () => {
    const set = (version: string, words: Parameters<typeof describeAsset>[2]) =>
      store.write((tx) => describeAsset(tx, { kind: "model", name: "m1", version }, words, 100));
    await set("3", { stage: "Production" });
    await set("2", { stage: "Production" });
    await set("20", { stage: "Development" });
    await set("5", { archived: true });

    const newest = (await latestOfStages(store.db, ["m1", "nowhere"])).get("m1") ?? [];

    assert.deepEqual(
      newest.map(({ stage, version }) => [stage, version]),
      [
        ["Production", "3"],
        ["Archived", "5"],
        ["None", "20"],
      ],
    );
  });
});
