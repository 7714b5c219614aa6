// Parts of axes that are chosen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axisOf } from "./axis.ts";
import { brushByKey, isWithin, withBrush } from "./brushes.ts";

test("a point is within when it lies in every chosen part; without a value it lies in none", () => {
  const axes = [axisOf({ name: "a", values: [0, 10] }), axisOf({ name: "b", values: [0, 1] })];
  const brushes = withBrush({}, "a", 0.6, 0.4);

  assert.equal(
    isWithin(brushes, axes, () => 5),
    true,
  );
  assert.equal(
    isWithin(brushes, axes, () => 7),
    false,
  );
  assert.equal(
    isWithin(brushes, axes, (name) => (name === "b" ? 1 : undefined)),
    false,
  );
});

test("a brush over all of an axis, or over nothing, is none", () => {
  assert.deepEqual(withBrush({ a: [0.2, 0.4] }, "a", -1, 2), {});
  assert.deepEqual(withBrush({}, "a", 0.5, 0.505), {});
});

test("keys move either end, and take the brush away", () => {
  const lower = brushByKey({}, "a", "ArrowDown", false)!;
  assert.deepEqual(lower, { a: [0, 0.95] });
  assert.deepEqual(brushByKey(lower, "a", "ArrowUp", true), { a: [0.05, 0.95] });
  assert.deepEqual(brushByKey(lower, "a", "Escape", false), {});
  assert.equal(brushByKey({}, "a", "Enter", false), undefined);
});
