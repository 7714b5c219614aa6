// A search space as a list of dimensions, and trials as points of its unit cube.
import type { ChoiceValue, Parameters, ParameterValue, SearchSpace } from "../../core/sweep.ts";
import { listValues, probability, quantile } from "./distribution.ts";
import type { NumberDistribution } from "./distribution.ts";

export interface Dimension {
  name: string;
  /** Values to choose from, or a distribution of numbers. */
  source: { values: readonly ChoiceValue[] } | NumberDistribution;
  /** Exists only when that dimension has that value, counted from 0. */
  parent?: { dimension: number; option: number };
  /** How many different values there are; infinite for the smooth ones. */
  count: number;
}

/** The dimensions in the order of the space; those that belong to a value of a choice follow the choice. */
export function flattenSpace(space: SearchSpace): Dimension[] {
  const dimensions: Dimension[] = [];
  const add = (
    parameters: { [name: string]: SearchSpace[string] | ParameterValue },
    parent?: Dimension["parent"],
  ) => {
    for (const [name, distribution] of Object.entries(parameters)) {
      if (typeof distribution !== "object") continue;
      const of = parent ? { parent } : {};
      if (distribution.type !== "choice") {
        const count = listValues(distribution)?.count ?? Number.POSITIVE_INFINITY;
        dimensions.push({ name, source: distribution, count: isFixed(distribution) ? 1 : count, ...of });
        continue;
      }
      const { values } = distribution;
      const dimension = dimensions.push({ name, source: { values }, count: values.length, ...of }) - 1;
      for (const [option, value] of values.entries()) {
        if (typeof value === "object") add(value, { dimension, option });
      }
    }
  };
  add(space);
  return dimensions;
}

/** The parameters at a point of the cube: each coordinate is a probability. */
export function parametersAt(dimensions: readonly Dimension[], point: Float64Array): Parameters {
  const parameters: Parameters = {};
  const options = new Int32Array(dimensions.length).fill(-1);
  for (const [index, { name, source, parent }] of dimensions.entries()) {
    if (parent && options[parent.dimension] !== parent.option) continue;
    if (!("values" in source)) {
      parameters[name] = quantile(source, point[index]!);
      continue;
    }
    const option = optionAt(source.values.length, point[index]!);
    options[index] = option;
    Object.assign(parameters, chosen(name, source.values, option));
  }
  return parameters;
}

/** What choosing a value says by itself: the value, or its place in the list and the plain ones of its own. */
export function chosen(name: string, values: readonly ChoiceValue[], option: number): Parameters {
  const value = values[option]!;
  if (typeof value !== "object") return { [name]: value };
  const plain = Object.entries(value).filter((entry): entry is [string, ParameterValue] => {
    return typeof entry[1] !== "object";
  });
  return { [name]: option, ...Object.fromEntries(plain) };
}

/**
 * The point of a trial, in the middle of what gives its values; what does not exist in it is at one half.
 * Undefined when the parameters are not of this space, as those of an earlier sweep may be.
 */
export function pointOf(dimensions: readonly Dimension[], parameters: Parameters): Float64Array | undefined {
  const point = new Float64Array(dimensions.length).fill(0.5);
  const options = new Int32Array(dimensions.length).fill(-1);
  for (const [index, { name, source, parent }] of dimensions.entries()) {
    if (parent && options[parent.dimension] !== parent.option) continue;
    const value = parameters[name];
    if ("values" in source) {
      const option = source.values.findIndex((_, at) => isChosen(name, source.values, at, parameters));
      if (option < 0) return undefined;
      options[index] = option;
      point[index] = (option + 0.5) / source.values.length;
      continue;
    }
    const middle = typeof value === "number" ? probability(source, value) : undefined;
    if (middle === undefined) return undefined;
    point[index] = middle;
  }
  return point;
}

/** Moves a point of the cube to where `pointOf` its parameters is. */
export function snap(dimensions: readonly Dimension[], point: Float64Array): void {
  for (const [index, { source, parent, count }] of dimensions.entries()) {
    if (parent && !hasOption(dimensions, point, parent)) {
      point[index] = 0.5;
    } else if ("values" in source) {
      point[index] = (optionAt(count, point[index]!) + 0.5) / count;
    } else if (count === 1) {
      point[index] = 0.5;
    } else if (source.type === "randint" || "q" in source) {
      point[index] = probability(source, quantile(source, point[index]!)) ?? point[index]!;
    }
  }
}

export function hasOption(
  dimensions: readonly Dimension[],
  point: Float64Array,
  { dimension, option }: { dimension: number; option: number },
): boolean {
  const { count, parent } = dimensions[dimension]!;
  return optionAt(count, point[dimension]!) === option && (!parent || hasOption(dimensions, point, parent));
}

export const optionAt = (count: number, p: number): number => Math.min(Math.floor(p * count), count - 1);

function isChosen(name: string, values: readonly ChoiceValue[], option: number, parameters: Parameters) {
  if (typeof values[option] !== "object") return values[option] === parameters[name];
  const own = chosen(name, values, option);
  return Object.entries(own).every(([key, value]) => parameters[key] === value);
}

const isFixed = (distribution: NumberDistribution): boolean =>
  "sigma" in distribution
    ? distribution.sigma === 0
    : "minValue" in distribution
      ? quantile(distribution, 0) === quantile(distribution, 1)
      : distribution.upper === 1;
