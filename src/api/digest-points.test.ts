import assert from "node:assert/strict";
import { it } from "node:test";
import { digestPoints, sortPoints } from "./digest-points.ts";

const points = (...rows: [number, number, number][]) => ({
  at: rows.map((row) => row[0]),
  steps: rows.map((row) => row[1]),
  values: rows.map((row) => row[2]),
});

it("Points have one order, and one that is there twice counts once", () => {
  const sorted = sortPoints(
    points([2, 0, 1], [1, 1, NaN], [1, 1, Infinity], [1, 0, 5], [2, 0, 1], [1, 1, NaN]),
  );

  assert.deepEqual(sorted, points([1, 0, 5], [1, 1, Infinity], [1, 1, NaN], [2, 0, 1]));
});

it("The digest is of the points, not of how they came", () => {
  const one = sortPoints(points([1, -0, -0], [2, 1, NaN]));
  const other = sortPoints(points([2, 1, -NaN], [1, 0, 0]));

  assert.equal(digestPoints(one), digestPoints(other));
  assert.equal(digestPoints(one, 1), digestPoints(points([1, 0, 0])));
  assert.notEqual(digestPoints(one), digestPoints(points([1, 0, 0], [2, 1, 7])));
});
