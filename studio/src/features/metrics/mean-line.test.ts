import assert from "node:assert/strict";
import { test } from "node:test";
import type { Line } from "./curve.ts";
import { meanLine } from "./mean-line.ts";

const line = (x: number[], mean: (number | null)[]): Line => ({ x, mean, min: undefined, max: undefined });

test("Lines become their mean, with one standard deviation around it or the least and the greatest", () => {
  const lines = [line([0, 1], [1, 2]), line([0, 1], [3, 2]), line([0, 1], [5, 2])];

  assert.deepEqual(meanLine(lines, "deviation"), { x: [0, 1], mean: [3, 2], min: [1, 2], max: [5, 2] });
  assert.deepEqual(meanLine(lines, "range"), { x: [0, 1], mean: [3, 2], min: [1, 2], max: [5, 2] });
  assert.deepEqual(meanLine([line([0], [1]), line([0], [2])], "deviation").min, [1.5 - Math.SQRT1_2]);
});

test("A line is straight between its points, and counts from its first to its last alone", () => {
  const { x, mean } = meanLine([line([0, 10], [0, 10]), line([5, 20], [1, 1])], "range");

  assert.deepEqual(x, [0, 5, 10, 20]);
  assert.deepEqual(mean, [0, 3, 5.5, 1]);
});

test("What is no number is passed over, and a place without any has none", () => {
  const { mean, min } = meanLine([line([0, 1, 2], [null, 4, null])], "deviation");

  assert.deepEqual(
    [mean, min],
    [
      [null, 4, null],
      [null, 4, null],
    ],
  );
  assert.deepEqual(meanLine([], "range"), { x: [], mean: [], min: [], max: [] });
});

test("Of very many places some are taken, the first and the last among them", () => {
  const x = Array.from({ length: 5000 }, (_, index) => index);

  const { x: places, mean } = meanLine([line(x, x)], "range");

  assert.ok(places.length < 2000);
  assert.deepEqual([places[0], places.at(-1)], [0, 4999]);
  assert.deepEqual(mean, places);
});
