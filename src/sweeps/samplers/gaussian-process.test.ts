import assert from "node:assert/strict";
import { test } from "node:test";
import { createDraw } from "./draw.ts";
import { GaussianProcess, learnHyperparameters } from "./gaussian-process.ts";
import { minimize } from "./minimize.ts";
import { standardize } from "./outcomes.ts";

const isCategory = [false, false, true];

function someInputs(count: number) {
  const draw = createDraw(3);
  const points = Array.from({ length: count }, () =>
    Float64Array.from([draw(), draw(), draw() < 0.5 ? 0.25 : 0.75]),
  );
  return { points, isCategory };
}

const smooth = ([x = 0, , z = 0]: Float64Array) => Math.sin(5 * x) + (z > 0.5 ? 1 : 0);

test("with little noise it goes through what was observed, and doubts more far from it", () => {
  const inputs = someInputs(12);
  const values = Float64Array.from(inputs.points, smooth);
  const process = new GaussianProcess(inputs, values, {
    weights: Float64Array.of(10, 1, 1),
    signal: 1,
    noise: 1e-6,
  });

  for (const [index, point] of inputs.points.entries()) {
    const { mean, variance } = process.predict(point);
    assert.ok(Math.abs(mean - values[index]!) < 1e-3);
    assert.ok(variance < 1e-4);
  }
  assert.ok(process.predict(Float64Array.of(5, 5, 0.25)).variance > 0.99);
});

test("agrees with the closed form for two points", () => {
  const points = [Float64Array.of(0), Float64Array.of(0.5)];
  const hyper = { weights: Float64Array.of(4), signal: 2, noise: 0.5 };
  const matern = (r: number) => 2 * (1 + Math.sqrt(5) * r + (5 / 3) * r * r) * Math.exp(-Math.sqrt(5) * r);
  const [own, cross] = [2.5, matern(1)];
  const determinant = own * own - cross * cross;
  const [a, b] = [matern(0.4), matern(0.6)];

  const { mean, variance } = new GaussianProcess(
    { points, isCategory: [false] },
    Float64Array.of(1, -2),
    hyper,
  ).predict(Float64Array.of(0.2));

  const expected = ((a * own - b * cross) * 1 + (b * own - a * cross) * -2) / determinant;
  assert.ok(Math.abs(mean - expected) < 1e-12);
  assert.ok(Math.abs(variance - (2 - (a * a * own - 2 * a * b * cross + b * b * own) / determinant)) < 1e-12);
});

test("points on their way leave the mean and lower the doubt", () => {
  const { points } = someInputs(10);
  const values = Float64Array.from(points, smooth);
  const hyper = { weights: Float64Array.of(4, 1, 1), signal: 1, noise: 1e-4 };
  const pending = Float64Array.of(0.9, 0.1, 0.25);
  const without = new GaussianProcess({ points, isCategory }, values, hyper).predict(pending);

  const { mean, variance } = new GaussianProcess(
    { points: [...points, pending], isCategory },
    values,
    hyper,
  ).predict(pending);

  assert.ok(Math.abs(mean - without.mean) < 1e-12);
  assert.ok(variance < without.variance / 10);
});

test("the slopes are those that differences measure", () => {
  const inputs = someInputs(15);
  const process = new GaussianProcess(inputs, Float64Array.from(inputs.points, smooth), {
    weights: Float64Array.of(9, 3, 1),
    signal: 1.5,
    noise: 1e-3,
  });
  const at = Float64Array.of(0.37, 0.61, 0.25);
  const [meanSlope, varianceSlope] = [new Float64Array(3), new Float64Array(3)];
  process.predict(at, meanSlope, varianceSlope);

  for (const k of [0, 1]) {
    const step = 1e-6;
    const [low, high] = [at.slice(), at.slice()];
    low[k]! -= step;
    high[k]! += step;
    const [below, above] = [process.predict(low), process.predict(high)];
    assert.ok(Math.abs((above.mean - below.mean) / (2 * step) - meanSlope[k]!) < 1e-6);
    assert.ok(Math.abs((above.variance - below.variance) / (2 * step) - varianceSlope[k]!) < 1e-6);
  }
});

test("learns which dimension matters, and how much is noise", () => {
  const inputs = someInputs(60);
  const draw = createDraw(8);
  const noisy = inputs.points.map(
    (point) => Math.sin(6 * point[0]!) + 0.6 * (draw() + draw() + draw() - 1.5),
  );

  const exact = learnHyperparameters(inputs, standardize(inputs.points.map(smooth)));
  const rough = learnHyperparameters(inputs, standardize(noisy));

  assert.ok(exact.weights[0]! > 20 * exact.weights[1]!);
  assert.ok(exact.noise < 1e-3);
  assert.ok(rough.noise > 0.05, String(rough.noise));
});

test("the minimizer finds the end of Rosenbrock's valley, and the edge of a box", () => {
  const rosenbrock = ([x = 0, y = 0]: Float64Array, gradient: Float64Array) => {
    gradient.set([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)]);
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
  };
  const box = (high: number) => ({ low: Float64Array.of(-2, -2), high: Float64Array.of(high, 2) });

  const free = minimize(rosenbrock, Float64Array.of(-1.2, 1), box(2), 200);
  const edged = minimize(rosenbrock, Float64Array.of(-1.2, 1), box(0.5), 200);

  assert.ok(free.value < 1e-6, String(free.value));
  assert.ok(Math.abs(edged.at[0]! - 0.5) < 1e-9 && Math.abs(edged.at[1]! - 0.25) < 1e-3);
});
