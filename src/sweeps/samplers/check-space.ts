// What is wrong with a search space, in words for the person who wrote it.
import type { ChoiceValue, Distribution, ParameterValue, Sampling, SearchSpace } from "../../core/sweep.ts";
import { listValues } from "./distribution.ts";

export interface SpaceProblem {
  /** Such as `searchSpace.lr.maxValue`. */
  path: string;
  message: string;
}

/** Where exp stops to be a number. */
const largestExponent = Math.log(Number.MAX_VALUE);

export function checkSearchSpace(space: SearchSpace, sampling: Sampling): SpaceProblem[] {
  const problems = checkParameters(space, "searchSpace", sampling);
  const names = Object.entries(space);
  for (const [name, distribution] of names) {
    if (distribution.type !== "choice") continue;
    for (const own of new Set(distribution.values.flatMap(namesInside))) {
      if (own !== name && !Object.hasOwn(space, own)) continue;
      if (own === name && distribution.values.every((value) => isLabel(value, name))) continue;
      problems.push({
        path: `searchSpace.${name}`,
        message: `a value of ${name} has a parameter ${own} of its own, but ${own} is a parameter of the whole space as well; rename one of them`,
      });
    }
  }
  return problems;
}

function checkParameters(
  parameters: { [name: string]: ParameterValue | Distribution },
  path: string,
  sampling: Sampling,
): SpaceProblem[] {
  return Object.entries(parameters).flatMap(([name, distribution]) =>
    typeof distribution === "object"
      ? checkDistribution(name, distribution, `${path}.${name}`, sampling)
      : [],
  );
}

function checkDistribution(
  name: string,
  distribution: Distribution,
  path: string,
  sampling: Sampling,
): SpaceProblem[] {
  if (distribution.type === "choice") return checkChoice(name, distribution.values, path, sampling);
  const problems: SpaceProblem[] = [];
  const say = (key: string, message: string) => problems.push({ path: `${path}.${key}`, message });

  for (const [key, value] of Object.entries(distribution)) {
    if (key !== "type" && !Number.isFinite(value)) {
      say(key, `${name}: ${key} is ${String(value)}, but has to be a finite number`);
    }
  }
  if (problems.length > 0) return problems;
  if (distribution.type === "randint") {
    const { upper } = distribution;
    if (!Number.isSafeInteger(upper) || upper < 1) {
      say(
        "upper",
        `${name}: upper is ${upper}, but has to be a whole number of 1 or more: values are below it`,
      );
    }
  } else if ("minValue" in distribution) {
    const { type, minValue, maxValue } = distribution;
    if (minValue > maxValue) {
      say("maxValue", `${name}: the largest value ${maxValue} is below the smallest, ${minValue}`);
    }
    if (type.endsWith("loguniform") && maxValue > largestExponent) {
      const meant = `the bounds of ${type} are exponents of e: for values up to ${maxValue} write ${Math.log(maxValue).toPrecision(6)}`;
      say("maxValue", `${name}: exp(${maxValue}) is too large for a number; ${meant}`);
    }
  } else if (distribution.sigma < 0) {
    say("sigma", `${name}: sigma is ${distribution.sigma}, but a standard deviation is not negative`);
  }
  if ("q" in distribution && distribution.q <= 0) {
    say("q", `${name}: q is ${distribution.q}, but values are its multiples, so it has to be above 0`);
  }
  if (sampling.type === "grid" && problems.length === 0) {
    const listed = listValues(distribution);
    const finite = "choice, randint, quniform or qloguniform";
    if (!listed) {
      const message = `${name}: a grid needs a list of values, and ${distribution.type} has none; write ${finite}, or sample with random, sobol or bayesian`;
      problems.push({ path, message });
    }
  }
  return problems;
}

function checkChoice(
  name: string,
  values: readonly ChoiceValue[],
  path: string,
  sampling: Sampling,
): SpaceProblem[] {
  if (values.length === 0) return [{ path: `${path}.values`, message: `${name}: choice has no values` }];
  return values.flatMap((value, index) => {
    const place = `${path}.values[${index}]`;
    if (typeof value === "object") {
      if (!Object.hasOwn(value, name) && values.includes(index)) {
        const message = `${name}: value ${index} has parameters of its own and is called ${index} after its place, but ${index} is another value of the list`;
        return [{ path: place, message }];
      }
      return checkParameters(value, place, sampling);
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      return [{ path: place, message: `${name}: ${value} is not a finite number` }];
    }
    return [];
  });
}

function namesInside(value: ChoiceValue): string[] {
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, own]) => [
    name,
    ...(typeof own === "object" && own.type === "choice" ? own.values.flatMap(namesInside) : []),
  ]);
}

/** Its own name among its parameters, as a plain value, is what the value is called. */
const isLabel = (value: ChoiceValue, name: string): boolean =>
  typeof value !== "object" || !Object.hasOwn(value, name) || typeof value[name] !== "object";
