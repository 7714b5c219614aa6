import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptsPython, exactPython } from "./python-request.ts";

const table: [request: string, accepted: string[], refused: string[]][] = [
  ["", ["3.6.1", "3.13.0"], []],
  ["==3.7.*", ["3.7.0", "3.7.16"], ["3.8.0", "3.6.9", "3.70.0"]],
  ["==3.6.2", ["3.6.15"], ["3.7.1"]],
  ["==3", ["3.6.1", "3.12.4"], ["2.7.18"]],
  [">=3.8", ["3.8.0", "3.13.1"], ["3.7.9"]],
  [">=3.6,<3.9", ["3.6.1", "3.8.18"], ["3.9.0", "3.5.2"]],
  [">=3.6,<=3.9", ["3.9.7"], ["3.10.0"]],
  ["<3.9.1", ["3.9.0", "3.8.1"], ["3.10.0"]],
  [">3.8", ["3.9.0"], ["3.8.18"]],
  [">3.8.1", ["3.8.18", "3.9.0"], ["3.7.9"]],
  ["!=3.9.*", ["3.10.0"], ["3.9.1"]],
  ["~=3.7", ["3.7.1", "3.11.0"], ["3.6.9", "4.0.0"]],
];

for (const [request, accepted, refused] of table) {
  test(`"${request}" accepts ${accepted.join(", ")} and refuses ${refused.join(", ") || "none"}`, () => {
    for (const version of accepted) assert.equal(acceptsPython(request, version), true, version);
    for (const version of refused) assert.equal(acceptsPython(request, version), false, version);
  });
}

test("an exact request is known by its minor version", () => {
  assert.equal(exactPython("==3.7.*"), "3.7");
  assert.equal(exactPython("==3.6.2"), "3.6");
  assert.equal(exactPython(">=3.6,<3.9"), undefined);
  assert.equal(exactPython(""), undefined);
});
