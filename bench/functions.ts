// The functions on which samplers are compared; bench/samplers_optuna.py has the same.
import type { Parameters, SearchSpace } from "../src/core/sweep.ts";

export interface TestFunction {
  name: string;
  space: SearchSpace;
  /** The least value that there is. */
  least: number;
  at: (parameters: Parameters) => number;
}

const reals = (low: number, high: number, count: number): SearchSpace =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `x${index}`,
      { type: "uniform", minValue: low, maxValue: high },
    ]),
  );

const vector = (parameters: Parameters): number[] => Object.values(parameters) as number[];
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const alpha = [1, 1.2, 3, 3.2];
const a = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const centers = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** The logarithm of the best rate, and how much worse the optimizer is than the best. */
const optimizers: Record<string, [number, number]> = {
  sgd: [-1.5, 0.06],
  momentum: [-2.5, 0.02],
  adam: [-7, 0],
  rmsprop: [-6, 0.03],
};

export const functions: readonly TestFunction[] = [
  {
    name: "Branin",
    space: {
      x0: { type: "uniform", minValue: -5, maxValue: 10 },
      x1: { type: "uniform", minValue: 0, maxValue: 15 },
    },
    least: 0.39788735772973816,
    at(parameters) {
      const [x = 0, y = 0] = vector(parameters);
      const inner = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
      return inner * inner + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    },
  },
  {
    name: "Hartmann-6",
    space: reals(0, 1, 6),
    least: -3.322368011415515,
    at(parameters) {
      const x = vector(parameters);
      return -sum(
        alpha.map((weight, i) => {
          return weight * Math.exp(-sum(x.map((v, k) => a[i]![k]! * (v - centers[i]![k]!) ** 2)));
        }),
      );
    },
  },
  {
    name: "Ackley-5",
    space: reals(-32.768, 32.768, 5),
    least: 0,
    at(parameters) {
      const x = vector(parameters);
      const squares = sum(x.map((v) => v * v)) / x.length;
      const cosines = sum(x.map((v) => Math.cos(2 * Math.PI * v))) / x.length;
      return -20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(cosines) + 20 + Math.E;
    },
  },
  {
    name: "Levy-4",
    space: reals(-10, 10, 4),
    least: 0,
    at(parameters) {
      const w = vector(parameters).map((v) => 1 + (v - 1) / 4);
      const first = Math.sin(Math.PI * w[0]!) ** 2;
      const last = w.at(-1)!;
      const middle = w.slice(0, -1).map((v) => (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2));
      return first + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2) + sum(middle);
    },
  },
  {
    name: "Rosenbrock-4",
    space: reals(-5, 10, 4),
    least: 0,
    at(parameters) {
      const x = vector(parameters);
      return sum(x.slice(1).map((v, k) => 100 * (v - x[k]! ** 2) ** 2 + (1 - x[k]!) ** 2));
    },
  },
  {
    name: "Styblinski-Tang-5",
    space: reals(-5, 5, 5),
    least: -195.83082851885166,
    at: (parameters) => sum(vector(parameters).map((v) => v ** 4 - 16 * v * v + 5 * v)) / 2,
  },
  {
    // Like a network's validation error: the best rate depends on the optimizer, the best dropout on the depth.
    name: "mixed",
    space: {
      rate: { type: "loguniform", minValue: -11, maxValue: 0 },
      optimizer: { type: "choice", values: Object.keys(optimizers) },
      layers: { type: "randint", upper: 9 },
      dropout: { type: "uniform", minValue: 0, maxValue: 0.9 },
    },
    least: 0.1,
    at({ rate, optimizer, layers, dropout }) {
      const [bestRate, worse] = optimizers[String(optimizer)]!;
      const offRate = Math.log(Number(rate)) - bestRate;
      const offDepth = Number(layers) - 4;
      const offDropout = Number(dropout) - (0.1 + 0.06 * Number(layers));
      return (
        0.1 +
        worse +
        (0.03 * offRate * offRate) / (1 + 0.1 * offRate * offRate) +
        0.01 * offDepth * offDepth +
        0.8 * offDropout * offDropout
      );
    },
  },
];
