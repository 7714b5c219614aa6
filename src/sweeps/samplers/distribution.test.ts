// The rules of section 1.2 of Azure ML's search spaces, by their closed forms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listValues, probability, quantile } from "./distribution.ts";
import type { NumberDistribution } from "./distribution.ts";
import { logImprovement, normalQuantile, normalUpTo } from "./normal.ts";

const table: [NumberDistribution, number, number][] = [
  [{ type: "uniform", minValue: 2, maxValue: 6 }, 0.25, 3],
  [{ type: "randint", upper: 10 }, 0.999, 9],
  [{ type: "randint", upper: 10 }, 0.05, 0],
  [{ type: "quniform", minValue: 0, maxValue: 10, q: 2 }, 0.29, 2],
  [{ type: "quniform", minValue: 0, maxValue: 10, q: 2 }, 0.31, 4],
  // Rounding goes past the bounds, as round(x / q) · q does.
  [{ type: "quniform", minValue: 1, maxValue: 10, q: 3 }, 0.01, 0],
  [{ type: "quniform", minValue: 0, maxValue: 1, q: 0.1 }, 0.3, 0.3],
  [{ type: "loguniform", minValue: -2, maxValue: 2 }, 0.5, 1],
  [{ type: "loguniform", minValue: 0, maxValue: Math.log(100) }, 0.5, Math.exp(Math.log(100) / 2)],
  [{ type: "qloguniform", minValue: 0, maxValue: Math.log(100), q: 3 }, 0.5, 9],
  [{ type: "normal", mu: 5, sigma: 2 }, 0.5, 5],
  [{ type: "normal", mu: 5, sigma: 2 }, 0.975, 5 + 2 * 1.959963984540054],
  [{ type: "qnormal", mu: 5, sigma: 2, q: 5 }, 0.975, 10],
  [{ type: "lognormal", mu: 1, sigma: 3 }, 0.5, Math.E],
  [{ type: "qlognormal", mu: 1, sigma: 3, q: 2 }, 0.5, 2],
];

for (const [distribution, p, expected] of table) {
  test(`${JSON.stringify(distribution)} at ${p} is ${expected}`, () => {
    const value = quantile(distribution, p);
    assert.ok(Math.abs(value - expected) <= 1e-12 * Math.abs(expected), String(value));
  });
}

test("halves are rounded to the even neighbor", () => {
  const at = (value: number) => quantile({ type: "quniform", minValue: value, maxValue: value, q: 1 }, 0.5);

  assert.deepEqual([0.5, 1.5, 2.5, -0.5, -1.5].map(at), [0, 2, 2, 0, -2]);
});

test("a value and its probability belong together, for all distributions", () => {
  for (const [distribution] of table) {
    for (let p = 0.013; p < 1; p += 0.041) {
      const value = quantile(distribution, p);
      const middle = probability(distribution, value);
      assert.ok(middle !== undefined && middle > 0 && middle < 1, `${distribution.type} ${value}`);
      const again = quantile(distribution, middle);
      assert.ok(Math.abs(again - value) <= 1e-9 * Math.abs(value), `${distribution.type} ${value} ${again}`);
    }
  }
});

test("a value that the distribution never gives has no probability", () => {
  assert.equal(probability({ type: "uniform", minValue: 0, maxValue: 1 }, 1.5), undefined);
  assert.equal(probability({ type: "randint", upper: 3 }, 3), undefined);
  assert.equal(probability({ type: "randint", upper: 3 }, 0.5), undefined);
  assert.equal(probability({ type: "quniform", minValue: 0, maxValue: 9, q: 3 }, 4), undefined);
  assert.equal(probability({ type: "quniform", minValue: 0, maxValue: 9, q: 3 }, 12), undefined);
  assert.equal(probability({ type: "loguniform", minValue: 0, maxValue: 1 }, -2), undefined);
  assert.equal(probability({ type: "normal", mu: 0, sigma: 1 }, Number.NaN), undefined);
});

test("the values of a distribution that has few are listed", () => {
  const list = (distribution: NumberDistribution) => {
    const values = listValues(distribution);
    return values && Array.from({ length: values.count }, (_, index) => values.at(index));
  };

  assert.deepEqual(list({ type: "randint", upper: 3 }), [0, 1, 2]);
  assert.deepEqual(list({ type: "quniform", minValue: 1, maxValue: 10, q: 3 }), [0, 3, 6, 9]);
  assert.deepEqual(list({ type: "quniform", minValue: 0.1, maxValue: 0.3, q: 0.1 }), [0.1, 0.2, 0.3]);
  assert.deepEqual(list({ type: "qloguniform", minValue: 0, maxValue: Math.log(9), q: 4 }), [0, 4, 8]);
  assert.equal(list({ type: "uniform", minValue: 0, maxValue: 1 }), undefined);
});

test("the normal distribution is right to its tails", () => {
  // From SciPy 1.17: norm.cdf, norm.ppf.
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-13 * Math.abs(b), `${a} and ${b}`);
  close(normalUpTo(1.96), 0.9750021048517795);
  close(normalUpTo(-10), 7.61985302416047e-24);
  close(normalQuantile(0.975), 1.959963984540054);
  close(normalQuantile(1e-10), -6.361340902404056);
  close(normalQuantile(1e-300), -37.0470962993612);
});

test("the logarithm of the improvement is smooth where its formula changes, and finite far out", () => {
  for (const z of [-1, -1000]) {
    const [left, right] = [logImprovement(z - 1e-9), logImprovement(z + 1e-9)];
    assert.ok(Math.abs(right.log - left.log - 2e-9 * left.slope) < 1e-9 * Math.abs(z));
  }
  for (const z of [-1e6, -300, -37, -5, -0.5, 0, 3, 40]) {
    const { log, slope } = logImprovement(z);
    const step = 1e-4;
    const measured = (logImprovement(z + step).log - logImprovement(z - step).log) / (2 * step);
    assert.ok(Number.isFinite(log) && Math.abs(slope - measured) <= 1e-3 * Math.abs(slope), `${z}: ${slope}`);
  }
});
