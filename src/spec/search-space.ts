// The search space of a sweep: where the values of each parameter come from. Alike in dialects A, B and C.
import type { ChoiceValue, Distribution, ParameterValue, SearchSpace } from "../core/sweep.ts";
import { found, note, noteExpected, type Place, type Reading } from "./text/notes.ts";
import {
  asMapping,
  childOf,
  listOf,
  mapOf,
  numberFrom,
  oneOf,
  readFields,
  required,
  type Reader,
} from "./text/read.ts";

const anyNumber: Reader<number> = (place, reading) => {
  const { node } = place;
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const isQuoted = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
  // YAML 1.2 wants a dot: 1e-3 is a number there, and 1.e-3 as well, but people's files hold '1e-3' in quotes.
  return noteExpected(place, reading, "a number", { hint: isQuoted ? "Remove the quotes." : undefined });
};

const positive = numberFrom(0, { whole: false, above: true });
const range = { min_value: required(anyNumber), max_value: required(anyNumber) };
const bell = { mu: required(anyNumber), sigma: required(positive) };
const step = { q: required(positive) };

const types = [
  "choice",
  "randint",
  "uniform",
  "quniform",
  "loguniform",
  "qloguniform",
  "normal",
  "qnormal",
  "lognormal",
  "qlognormal",
] as const;
const anyType = { type: required(oneOf(types)) };

export const distribution: Reader<Distribution> = (place, reading) => {
  const mapping = asMapping(place, reading);
  const at = mapping && childOf(mapping, "type");
  if (!mapping) return undefined;
  if (!at) {
    readFields(place, anyType, { problems: [], warnings: [] });
    return note(mapping, reading, `the required key type is missing; one of ${types.join(", ")}`);
  }
  const type = oneOf(types)(at, reading);
  switch (type) {
    case undefined:
      return undefined;
    case "choice": {
      const before = reading.problems.length;
      const fields = readFields(mapping, { ...anyType, values: required(listOf(choiceValue)) }, reading);
      if (!fields?.values) return undefined;
      if (fields.values.length > 0) return { type, values: fields.values };
      // Values that are all wrong have been told of one by one.
      if (reading.problems.length > before) return undefined;
      return note(childOf(mapping, "values") ?? mapping, reading, "has no values to choose from");
    }
    case "randint": {
      const whole = numberFrom(1, { whole: true });
      const fields = readFields(mapping, { ...anyType, upper: required(whole) }, reading);
      return fields?.upper === undefined ? undefined : { type, upper: fields.upper };
    }
    case "uniform":
    case "loguniform": {
      const bounds = boundsIn(mapping, readFields(mapping, { ...anyType, ...range }, reading), reading);
      return bounds && { type, ...bounds };
    }
    case "quniform":
    case "qloguniform": {
      const fields = readFields(mapping, { ...anyType, ...range, ...step }, reading);
      const bounds = boundsIn(mapping, fields, reading);
      return bounds && fields?.q !== undefined ? { type, ...bounds, q: fields.q } : undefined;
    }
    case "normal":
    case "lognormal": {
      const fields = readFields(mapping, { ...anyType, ...bell }, reading);
      return fields?.mu === undefined || fields.sigma === undefined
        ? undefined
        : { type, mu: fields.mu, sigma: fields.sigma };
    }
    case "qnormal":
    case "qlognormal": {
      const fields = readFields(mapping, { ...anyType, ...bell, ...step }, reading);
      return fields?.mu === undefined || fields.sigma === undefined || fields.q === undefined
        ? undefined
        : { type, mu: fields.mu, sigma: fields.sigma, q: fields.q };
    }
  }
};

function boundsIn(
  place: Place,
  fields: { min_value: number | undefined; max_value: number | undefined } | undefined,
  reading: Reading,
): { minValue: number; maxValue: number } | undefined {
  const { min_value: minValue, max_value: maxValue } = fields ?? {};
  if (minValue === undefined || maxValue === undefined) return undefined;
  if (minValue > maxValue) {
    return note(place, reading, `min_value ${minValue} is greater than max_value ${maxValue}`, {
      hint: "Swap the two.",
    });
  }
  return { minValue, maxValue };
}

const plainValue: Reader<ParameterValue> = (place, reading) => {
  const { node } = place;
  if (node.kind === "scalar" && node.value !== null) return node.value;
  return noteExpected(place, reading, "a text, a number, true or false");
};

/** A mapping in a choice holds parameters of its own: plain values, or distributions. */
const choiceValue: Reader<ChoiceValue> = (place, reading) =>
  place.node.kind === "map"
    ? mapOf<ParameterValue | Distribution>((at, to) =>
        at.node.kind === "map" ? distribution(at, to) : plainValue(at, to),
      )(place, reading)
    : plainValue(place, reading);

const parameterNameProblem = (name: string): string | undefined =>
  /^[A-Za-z_][\w.-]{0,249}$/.test(name)
    ? undefined
    : "is no name for a parameter; expected letters, digits, _, - and ., starting with a letter or _";

export const searchSpace: Reader<SearchSpace> = (place, reading) => {
  const space = mapOf(distribution, parameterNameProblem)(place, reading);
  if (space && place.node.kind === "map" && place.node.entries.size === 0)
    return note(place, reading, `${found(place.node)} without a parameter`);
  return space;
};
