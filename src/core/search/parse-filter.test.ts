import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Refused } from "../refused.ts";
import { experimentGrammar, modelGrammar, registeredModelGrammar, runGrammar } from "./grammar.ts";
import { parseFilter } from "./parse-filter.ts";
import { parseOrder } from "./parse-order.ts";

describe("A filter of runs", () => {
  it("is nothing when it is empty", () => {
    assert.deepEqual(parseFilter(" \n ", runGrammar), []);
  });

  it("reads entities, quoted keys and values of every kind", () => {
    const text =
      "metrics.a.b>= -1e-3 and tags.`mlflow.runName` = \"it's\" AND param.\"x y\" ILIKE 'a%'AND run_id NOT IN ('a', 'b') and params.p is not null";

    assert.deepEqual(parseFilter(text, runGrammar), [
      { entity: "metric", key: "a.b", operator: ">=", value: -0.001 },
      { entity: "tag", key: "mlflow.runName", operator: "=", value: "it's" },
      { entity: "param", key: "x y", operator: "ILIKE", value: "a%" },
      { entity: "attribute", key: "run_id", operator: "NOT IN", value: ["a", "b"] },
      { entity: "param", key: "p", operator: "IS NOT NULL", value: null },
    ]);
  });

  it("knows the other names of attributes", () => {
    assert.deepEqual(
      parseFilter("`run name` = 'a' and created > 1", runGrammar).map(({ key }) => key),
      ["run_name", "start_time"],
    );
  });

  it("takes a list as Python writes a tuple of one", () => {
    assert.deepEqual(parseFilter("run_id IN ('a',) AND run_id NOT IN ('b' , )", runGrammar), [
      { entity: "attribute", key: "run_id", operator: "IN", value: ["a"] },
      { entity: "attribute", key: "run_id", operator: "NOT IN", value: ["b"] },
    ]);
  });

  it("may end with AND", () => {
    assert.equal(parseFilter("metrics.m > 1 AND", runGrammar).length, 1);
  });

  for (const [text, message] of [
    ["metrics.m > 1 OR metrics.m < 0", /Invalid clause\(s\) in filter string/],
    ["NOT metrics.m > 1", /Invalid/],
    ["(metrics.m > 1)", /Invalid clause/],
    ["metrics.m > 1;", /Invalid clause/],
    ["metrics.m", /Invalid clause/],
    ["metrics. = 1", /Invalid clause/],
    ["metrics.m > +1", /Invalid clause/],
    ["metrics.m = 'x'", /numeric value/],
    ["metrics.m LIKE 'x'", /Invalid comparator/],
    ["metrics.m IS NULL", /Invalid comparator/],
    ["params.p = 1", /quoted string/],
    ["params.p > '1'", /Invalid comparator/],
    ["tags.t = 'open", /never closed/],
    ["start_time = '10'", /numeric value/],
    ["status IN ('FINISHED')", /Invalid comparator/],
    ["run_id IN ()", /list of quoted strings/],
    ["run_id IN (,)", /list of quoted strings/],
    ["run_id IN ('a',,)", /list of quoted strings/],
    ["run_id IN ('a'", /no \) ends it/],
    ["lifecycle_stage = 'active'", /Invalid attribute key/],
    ["dataset.schema = 'x'", /Invalid dataset key/],
    ["nothing.m = 1", /Invalid entity type/],
    ["\0", /unexpected/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseFilter(text, runGrammar),
        (error) => error instanceof Refused && error.code === "invalid" && message.test(error.message),
      );
    });
  }
});

describe("The place of a fault", () => {
  for (const [text, marked] of [
    ["metrics.m > 1 AND nothing.x = 1", "nothing.x"],
    ["metrics.m > 1 AND metrics.m LIKE 'x'", "LIKE"],
    ["params.p = 1", "1"],
    ["metrics.m > 1 OR metrics.m < 0", "OR"],
    ["metrics.m", ""],
    ["tags.t = 'open", "'open"],
    ["metrics.m > 1 ; x", ";"],
  ] as const) {
    it(`is ${JSON.stringify(marked)} in ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseFilter(text, runGrammar),
        ({ details }: Refused) => text.slice(Number(details!["start"]), Number(details!["end"])) === marked,
      );
    });
  }
});

describe("Other filters", () => {
  it("know experiments by name, times and tags only", () => {
    assert.equal(parseFilter("name ILIKE 'a%' AND tags.t != 'v'", experimentGrammar).length, 2);
    assert.throws(() => parseFilter("metrics.m > 1", experimentGrammar), /Invalid entity type/);
  });

  it("take unquoted texts for logged models", () => {
    assert.deepEqual(parseFilter("params.lr = 0.01 AND name IN ('a')", modelGrammar), [
      { entity: "param", key: "lr", operator: "=", value: "0.01" },
      { entity: "attribute", key: "name", operator: "IN", value: ["a"] },
    ]);
  });
});

describe("An order", () => {
  it("goes up unless it says otherwise", () => {
    assert.deepEqual(parseOrder(["metrics.`x y` desc", "start_time", "params.p ASC"], runGrammar), [
      { entity: "metric", key: "x y", ascending: false },
      { entity: "attribute", key: "start_time", ascending: true },
      { entity: "param", key: "p", ascending: true },
    ]);
  });

  it("says what may be sorted by, which is not what may be filtered by", () => {
    assert.throws(
      () => parseOrder(["creation_timestamp"], registeredModelGrammar),
      /Invalid order by key 'creation_timestamp' specified\. Valid keys are name, timestamp, last_updated_timestamp$/,
    );
    assert.throws(
      () => parseOrder(["dataset.name"], runGrammar),
      /Invalid order by key 'dataset\.name' specified\. Valid keys are run_id, .*, metric\.<key>/,
    );
  });

  for (const clauses of [
    ["metrics.m FOO"],
    ["foo"],
    ["dataset.name"],
    ["experiment_id"],
    ["metrics.m", "metrics.m DESC"],
    [""],
  ]) {
    it(`refuses ${JSON.stringify(clauses)}`, () => {
      assert.throws(() => parseOrder(clauses, runGrammar), Refused);
    });
  }
});
