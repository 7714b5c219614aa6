// Every combination of the values, the last parameter's changing fastest. Counted, never listed.
import type { Distribution, Parameters, ParameterValue, SearchSpace } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { listValues } from "./distribution.ts";
import { chosen } from "./flat-space.ts";

export function createGridSampler(space: SearchSpace): Sampler {
  const size = countAll(space);
  return {
    size,
    propose: (_, number) => (number < size ? combination(space, number) : undefined),
  };
}

type Own = { [name: string]: ParameterValue | Distribution };

const countAll = (space: Own): number =>
  Object.values(space).reduce<number>((product, distribution) => product * countOf(distribution), 1);

function countOf(distribution: ParameterValue | Distribution): number {
  if (typeof distribution !== "object") return 1;
  if (distribution.type === "choice") {
    return distribution.values.reduce<number>(
      (sum, value) => sum + (typeof value === "object" ? countAll(value) : 1),
      0,
    );
  }
  const { count } = listValues(distribution) ?? { count: 0 };
  return count;
}

function combination(space: Own, number: number): Parameters {
  const parts: Parameters[] = [];
  let rest = number;
  for (const [name, distribution] of Object.entries(space).toReversed()) {
    const count = countOf(distribution);
    if (typeof distribution === "object") parts.push(valueAt(name, distribution, rest % count));
    rest = Math.floor(rest / count);
  }
  return Object.assign({}, ...parts.toReversed()) as Parameters;
}

function valueAt(name: string, distribution: Distribution, index: number): Parameters {
  if (distribution.type !== "choice") return { [name]: listValues(distribution)?.at(index) ?? Number.NaN };
  let rest = index;
  for (const [option, value] of distribution.values.entries()) {
    const count = typeof value === "object" ? countAll(value) : 1;
    if (rest < count) {
      const own = chosen(name, distribution.values, option);
      return typeof value === "object" ? { ...own, ...combination(value, rest) } : own;
    }
    rest -= count;
  }
  throw new RangeError(`The grid of ${name} has no value ${index}.`);
}
