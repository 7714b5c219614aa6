// Which parameters matter, by what is known of the function that made the scores.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { importanceOf, leastTrials } from "./importance.ts";
import type { Point } from "./points.ts";

/** Between 0 and 1, and the same each time. */
function noise(index: number, seed: number): number {
  const wave = Math.sin(index * 12.9898 + seed * 78.233) * 43_758.5453;
  return wave - Math.floor(wave);
}

const pointsOf = (count: number, score: (point: { a: number; b: number; kind: string }) => number): Point[] =>
  Array.from({ length: count }, (_, index) => {
    const values = { a: noise(index, 1), b: noise(index, 2), kind: index % 3 === 0 ? "x" : "y" };
    return { run: `r${index}`, label: `${index}`, values, score: score(values), mark: "done" as const };
  });

const names = ["a", "b", "kind"];

describe("importance", () => {
  it("goes to the parameter that makes the score, also when the best lies in the middle", () => {
    const found = importanceOf(
      pointsOf(60, ({ a }) => (a - 0.5) ** 2),
      names,
      "minimize",
    )!;

    assert.equal(found[0]!.name, "a");
    assert.ok(found[0]!.share > 0.85, JSON.stringify(found));
    assert.ok(Math.abs(found.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
  });

  it("goes to words as well as to numbers", () => {
    const found = importanceOf(
      pointsOf(60, ({ a, kind }) => (kind === "x" ? 1 : 0) + 0.05 * a),
      names,
      "minimize",
    )!;

    assert.equal(found[0]!.name, "kind");
    assert.equal(found[0]!.tendency, undefined);
  });

  it("says which direction is the better one, whatever the goal", () => {
    const points = pointsOf(40, ({ b }) => b);
    const tendencyOf = (goal: "minimize" | "maximize") =>
      importanceOf(points, names, goal)!.find(({ name }) => name === "b")!.tendency!;

    assert.ok(tendencyOf("minimize") < -0.95);
    assert.ok(tendencyOf("maximize") > 0.95);
  });

  it("is the same each time, and leaves out what never varied", () => {
    const points = pointsOf(30, ({ a }) => a).map((point) => ({
      ...point,
      values: { ...point.values, b: 1 },
    }));

    assert.deepEqual(importanceOf(points, names, "minimize"), importanceOf(points, names, "minimize"));
    assert.ok(importanceOf(points, names, "minimize")!.every(({ name }) => name !== "b"));
  });

  it("is not told of too few trials", () => {
    assert.equal(
      importanceOf(
        pointsOf(leastTrials - 1, ({ a }) => a),
        names,
        "minimize",
      ),
      undefined,
    );
  });
});
