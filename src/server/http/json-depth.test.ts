import assert from "node:assert/strict";
import { test } from "node:test";
import { nestsTooDeep } from "./json-depth.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("A hundred levels are allowed, one more is not, in lists and in objects", () => {
  assert.equal(nestsTooDeep(nested(100)), false);
  assert.equal(nestsTooDeep(nested(101)), true);
  assert.equal(nestsTooDeep('{"a":'.repeat(101) + "1" + "}".repeat(101)), true);
});

test("What lies side by side is not deep", () => {
  assert.equal(nestsTooDeep(`[${Array.from({ length: 1000 }, () => nested(50)).join(",")}]`), false);
});

test("Brackets in texts do not count, whatever is escaped in them", () => {
  const text = (inside: string) => JSON.stringify({ a: inside + "[".repeat(200) });

  for (const inside of ["", '"', "\\", '\\"', "\\\\", "\n", "é"]) {
    assert.equal(nestsTooDeep(text(inside)), false, inside);
  }
  assert.equal(nestsTooDeep(`{"a":"\\\\","b":${nested(101)}}`), true, "the text had ended");
});

test("A text that is no JSON is looked at without harm", () => {
  assert.equal(nestsTooDeep('"never ends \\'), false);
  assert.equal(nestsTooDeep("]]]]"), false);
});
