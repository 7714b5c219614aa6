// Where values stand on an axis.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { axisOf, looksLogarithmic, roundMarks } from "./axis.ts";

describe("an axis", () => {
  it("places numbers from the least to the greatest", () => {
    const axis = axisOf({ name: "x", values: [2, 4, 10] });

    assert.deepEqual([2, 4, 10].map(axis.place), [0, 0.25, 1]);
    assert.equal(axis.place(undefined), undefined);
    assert.equal(axis.place(Number.NaN), undefined);
    assert.deepEqual(
      axis.ticks.map(({ label }) => label),
      ["2", "4", "6", "8", "10"],
    );
  });

  it("places powers of ten evenly when it is a log one", () => {
    const axis = axisOf({ name: "rate", values: [0.001, 0.1, 0.01], kind: "log" });

    assert.deepEqual(
      [0.001, 0.01, 0.1].map((value) => axis.place(value)!.toFixed(6)),
      ["0.000000", "0.500000", "1.000000"],
    );
    assert.equal(axis.place(0), undefined);
    assert.deepEqual(
      axis.ticks.map(({ label }) => label),
      ["0.001", "0.01", "0.1"],
    );
  });

  it("is a linear one after all where a value has no logarithm", () => {
    assert.equal(axisOf({ name: "x", values: [0, 1, 1000], kind: "log" }).kind, "linear");
  });

  it("gives each word its own place, numbers among them in their order", () => {
    const axis = axisOf({ name: "depth", values: [16, 2, 4, 2], kind: "category" });

    assert.deepEqual(
      axis.ticks.map(({ label }) => label),
      ["2", "4", "16"],
    );
    assert.ok(axis.place(2)! < axis.place(4)! && axis.place(4)! < axis.place(16)!);
    assert.equal(axis.place(3), undefined);
  });

  it("places a single value in the middle", () => {
    assert.equal(axisOf({ name: "x", values: [3, 3] }).place(3), 0.5);
    assert.equal(axisOf({ name: "x", values: [3], kind: "log" }).place(3), 0.5);
  });

  it("has round marks within its bounds", () => {
    assert.deepEqual(roundMarks(0.02, 0.5), [0.1, 0.2, 0.3, 0.4, 0.5]);
    assert.deepEqual(roundMarks(4, 6, true), [4, 5, 6]);
    assert.deepEqual(roundMarks(-1, 1), [-1, -0.5, 0, 0.5, 1]);
  });

  it("looks logarithmic when numbers spread over two powers of ten", () => {
    assert.equal(looksLogarithmic([0.001, 0.01, 1]), true);
    assert.equal(looksLogarithmic([1, 2, 3]), false);
    assert.equal(looksLogarithmic([0, 0.01, 1]), false);
  });
});
