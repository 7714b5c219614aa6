import assert from "node:assert/strict";
import { test } from "node:test";
import type { Distribution, Sampling } from "../../core/sweep.ts";
import { checkSearchSpace } from "./check-space.ts";

const random: Sampling = { type: "random", seed: 0 };

const faults: [string, Distribution, RegExp, Sampling?][] = [
  ["values", { type: "choice", values: [] }, /^x: choice has no values$/],
  ["values[1]", { type: "choice", values: [1, Number.NaN] }, /NaN is not a finite number/],
  ["upper", { type: "randint", upper: 0 }, /upper is 0, but has to be a whole number of 1 or more/],
  ["upper", { type: "randint", upper: 2.5 }, /upper is 2.5/],
  ["maxValue", { type: "uniform", minValue: 3, maxValue: 1 }, /largest value 1 is below the smallest, 3/],
  ["minValue", { type: "uniform", minValue: Number.NEGATIVE_INFINITY, maxValue: 1 }, /finite number/],
  [
    "maxValue",
    { type: "loguniform", minValue: 1, maxValue: 1000 },
    /exponents of e: for values up to 1000 write 6.90776/,
  ],
  ["sigma", { type: "normal", mu: 0, sigma: -1 }, /sigma is -1/],
  ["q", { type: "qnormal", mu: 0, sigma: 1, q: 0 }, /q is 0/],
  [
    "",
    { type: "uniform", minValue: 0, maxValue: 1 },
    /a grid needs a list of values, and uniform has none/,
    { type: "grid" },
  ],
  [
    "values[0].lr.upper",
    { type: "choice", values: [{ lr: { type: "randint", upper: -1 } }] },
    /lr: upper is -1/,
  ],
  [
    "values[0]",
    { type: "choice", values: [{ lr: 1 }, 0] },
    /value 0 has parameters of its own and is called 0/,
  ],
  [
    "",
    { type: "choice", values: [{ x: { type: "randint", upper: 3 } }] },
    /a value of x has a parameter x of its own/,
  ],
];

for (const [place, distribution, message, sampling = random] of faults) {
  test(`${JSON.stringify(distribution)} is refused: ${message.source}`, () => {
    const problems = checkSearchSpace({ x: distribution }, sampling);

    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.path, ["searchSpace.x", place].filter((part) => part !== "").join("."));
    assert.match(problems[0]?.message ?? "", message);
  });
}

test("a name inside a value may not be one of the whole space, but two values may share one", () => {
  const lr: Distribution = { type: "uniform", minValue: 0, maxValue: 1 };
  const model: Distribution = {
    type: "choice",
    values: [
      { model: "a", lr },
      { model: "b", lr },
    ],
  };

  assert.deepEqual(checkSearchSpace({ model }, random), []);
  assert.deepEqual(
    checkSearchSpace({ model, lr }, random).map(({ path }) => path),
    ["searchSpace.model"],
  );
});

test("all faults are told at once", () => {
  const bad: Distribution = { type: "quniform", minValue: 2, maxValue: 1, q: -1 };
  assert.equal(checkSearchSpace({ a: bad, b: bad }, random).length, 4);
});
