// Where the cursor (|) stands in a text, and what is offered there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { aboutAt, keysAt, valuesAt } from "./schema-words.ts";
import type { Schema } from "./schema-words.ts";
import { isSweepText } from "./is-sweep-text.ts";
import { keyAt, yamlPlaceAt } from "./yaml-place.ts";

const at = (marked: string) => {
  const cursor = marked.indexOf("|");
  return yamlPlaceAt(marked.replace("|", ""), cursor);
};

const readSchema = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../../schemas/${name}.schema.json`, import.meta.url), "utf8"),
  ) as Schema;
const schema = readSchema("command-job");
const labels = (words: { label: string }[]) => words.map(({ label }) => label);

describe("the place in a YAML text", () => {
  for (const [text, path, wants, word] of [
    ["com|", [], "key", "com"],
    ["command: echo\nco|", [], "key", "co"],
    ["compute: lo|", ["compute"], "value", "lo"],
    ["limits:\n  ti|", ["limits"], "key", "ti"],
    ["limits:\n  timeout: |", ["limits", "timeout"], "value", ""],
    ["inputs:\n  a:\n    ty|\ncommand: x", ["inputs", "a"], "key", "ty"],
    ["inputs:\n  a:\n    path: x\n  |", ["inputs"], "key", ""],
    [
      "environment:\n  conda_file:\n    channels:\n      - con|",
      ["environment", "conda_file", "channels", "[]"],
      "key",
      "con",
    ],
    [
      "environment:\n  conda_file:\n    dependencies:\n    - pip:\n      - sci|",
      ["environment", "conda_file", "dependencies", "[]", "pip", "[]"],
      "key",
      "sci",
    ],
    ["# limits:\ncommand: |", ["command"], "value", ""],
    ['"inputs":\n  a|', ["inputs"], "key", "a"],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${path.join(".") || "the root"}`, () => {
      const place = at(text);
      assert.deepEqual([place.path, place.wants, place.word], [path, wants, word]);
    });
  }

  it("knows the keys beside it, above and below", () => {
    assert.deepEqual(at("limits:\n  timeout: 3\n  |\n  other: 1\ncommand: x").siblings.toSorted(), [
      "other",
      "timeout",
    ]);
    assert.deepEqual(at("a: 1\n|\nb:\n  c: 2\n").siblings.toSorted(), ["a", "b"]);
  });

  it("finds the key under the pointer with its path", () => {
    const text = "limits:\n  timeout: 3\n";
    assert.deepEqual(keyAt(text, text.indexOf("meout")), { path: ["limits", "timeout"], from: 10, to: 17 });
    assert.equal(keyAt(text, text.indexOf("3")), undefined);
  });
});

describe("what the schema offers", () => {
  it("is the keys that are not there yet, with what they mean", () => {
    const words = keysAt(schema, [], ["command"]);

    assert.ok(labels(words).includes("environment"));
    assert.ok(!labels(words).includes("command"));
    // What only a server writes.
    assert.ok(!labels(words).includes("creation_context"));
    assert.match(words.find(({ label }) => label === "compute")?.about ?? "", /\w/);
  });

  it("is the words that a value may be, within inputs of any name", () => {
    assert.ok(labels(valuesAt(schema, ["type"])).includes("command"));
    assert.ok(labels(valuesAt(schema, ["inputs", "table", "mode"])).includes("download"));
    assert.ok(labels(keysAt(schema, ["inputs", "table"], [])).includes("path"));
  });

  it("is that of sweeps in a sweep", () => {
    assert.equal(isSweepText("name: x\ntype: sweep\n"), true);
    assert.equal(isSweepText("type: command\ncommand: echo sweep\n"), false);
    const sweep = readSchema("sweep-job");
    assert.ok(labels(keysAt(sweep, [], [])).includes("search_space"));
    assert.ok(labels(keysAt(sweep, ["trial"], [])).includes("command"));
    assert.ok(labels(valuesAt(sweep, ["search_space", "rate", "type"])).includes("loguniform"));
    assert.match(aboutAt(sweep, ["objective", "goal"]) ?? "", /better/);
  });
});
