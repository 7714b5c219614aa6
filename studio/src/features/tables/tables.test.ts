import assert from "node:assert/strict";
import { test } from "node:test";
import {
  areaUnder,
  readAccuracyTable,
  readConfusionMatrix,
  readPredictions,
  readResiduals,
} from "./charts-of-values.ts";
import { compareCells } from "./compare-cells.ts";
import { columnsOf } from "./table-columns.ts";

test("Rows and tables come together by the names of their columns", () => {
  assert.deepEqual(columnsOf([{ a: 1 }, { b: "x", a: 2 }, { a: [3, 4], c: [5] }, "text"]), {
    head: ["a", "b", "c", "value"],
    // eslint-disable-next-line no-sparse-arrays
    rows: [[1], [2, "x"], [3, , 5], [4, , undefined], [, , , "text"]],
  });
});

test("Cells are in the order of numbers, then of texts, then what is missing", () => {
  const cells = ["b10", null, 2, "b9", Number.NaN, -1, ""];

  assert.deepEqual(cells.toSorted(compareCells), [-1, 2, Number.NaN, "b9", "b10", "", null]);
});

test("A confusion matrix is read as a dict or as JSON, and not when it is none", () => {
  const value = {
    schema_type: "confusion_matrix",
    data: {
      class_labels: ["a"],
      matrix: [
        [1, 2],
        [3, 4],
      ],
    },
  };

  assert.deepEqual(readConfusionMatrix(value), {
    labels: ["a", "1"],
    matrix: [
      [1, 2],
      [3, 4],
    ],
  });
  assert.deepEqual(readConfusionMatrix(JSON.stringify(value)), readConfusionMatrix(value));
  assert.equal(readConfusionMatrix({ data: { matrix: [[1, 2]] } }), undefined);
  assert.equal(readConfusionMatrix("no json"), undefined);
});

test("A perfect classifier has all of the area, one that guesses half of it", () => {
  const perfect = [
    [100, 0, 100, 0],
    [100, 0, 100, 0],
  ];
  const guessing = [
    [100, 100, 0, 0],
    [50, 50, 50, 50],
    [0, 0, 100, 100],
  ];
  const [first, second] = readAccuracyTable({
    data: { probability_tables: [perfect, guessing], class_labels: ["a", "b"] },
  })!;

  assert.deepEqual([first?.label, first?.area, second?.label, second?.area], ["a", 1, "b", 0.5]);
  assert.equal(areaUnder([]), 0);
});

test("Residuals and predictions need bins", () => {
  assert.deepEqual(readResiduals({ data: { bin_edges: [0, 1, 2], bin_counts: [3, 4] } }), {
    edges: [0, 1, 2],
    counts: [3, 4],
  });
  assert.equal(readResiduals({ data: {} }), undefined);
  assert.equal(readPredictions({ data: { bin_edges: [0, 1], bin_counts: [1] } }), undefined);
});
