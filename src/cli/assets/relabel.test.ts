import assert from "node:assert/strict";
import { test } from "node:test";
import { relabel } from "./relabel.ts";

const table: [title: string, labels: string[], stage: string, add: string[], remove: string[]][] = [
  ["a first stage", ["latest"], "Staging", ["Staging"], []],
  [
    "another stage takes the place of the one before",
    ["Staging", "good"],
    "Production",
    ["Production"],
    ["Staging"],
  ],
  ["the same stage changes nothing", ["Production"], "Production", [], []],
  ["None takes it out of its stage", ["latest", "Production"], "None", [], ["Production"]],
  ["nothing at all does too", ["Staging"], "", [], ["Staging"]],
  ["other labels are no stages", ["latest", "good"], "none", [], []],
];
for (const [title, labels, stage, addLabels, removeLabels] of table) {
  test(title, () => assert.deepEqual(relabel({ labels }, stage), { addLabels, removeLabels }));
}
