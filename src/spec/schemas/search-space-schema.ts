// The search space of a sweep: where the values of each parameter come from, alike in every dialect.
import { looseText, mapOf, mapping, number, onlyMapping, whole, word, listOf } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

/** One closed form a type, so that an editor offers the keys that go together. */
const form = (types: readonly string[], keys: Record<string, JsonSchema>, description: string): JsonSchema =>
  onlyMapping(
    mapping({ type: word(types, description), ...keys }, description, {
      required: ["type", ...Object.keys(keys)],
    }),
  );

const above = { exclusiveMinimum: 0 };
const bounds = (of: string) => ({
  min_value: number(`The least value${of}.`),
  max_value: number(`The greatest value${of}.`),
});
const exponents = bounds(", as an exponent of e");
const bell = (of: string) => ({
  mu: number(`The mean${of}.`),
  sigma: number(`The standard deviation${of}.`, above),
});
const step = { q: number("Values are rounded to its multiples.", above) };

const parameterName = { pattern: String.raw`^[A-Za-z_][\w.-]{0,249}$` };
const value = looseText("A text, a number, true or false.");

const plain: readonly JsonSchema[] = [
  form(["randint"], { upper: whole(1, "One more than the greatest value.") }, "A whole number from 0 on."),
  form(["uniform"], bounds(""), "Any number between two."),
  form(["quniform"], { ...bounds(""), ...step }, "Multiples of q between two numbers."),
  form(["loguniform"], exponents, "e to the power of a number between two."),
  form(
    ["qloguniform"],
    { ...exponents, ...step },
    "e to the power of a number between two, in multiples of q.",
  ),
  form(["normal"], bell(""), "Normally distributed."),
  form(["qnormal"], { ...bell(""), ...step }, "Normally distributed, in multiples of q."),
  form(["lognormal"], bell(" of the logarithm"), "e to the power of a normally distributed number."),
  form(
    ["qlognormal"],
    { ...bell(" of the logarithm"), ...step },
    "e to the power of a normally distributed number, in multiples of q.",
  ),
];

/** Choices in choices may go on for ever; editors are helped with those that people write. */
const choiceOf = (values: JsonSchema): JsonSchema =>
  form(
    ["choice"],
    { values: listOf(values, "The values, each as likely.", { minItems: 1, examples: [[8, 16, 32]] }) },
    "One of a list.",
  );

const nested = (inner: JsonSchema): JsonSchema => ({
  description: "A value, or a mapping of further parameters that only come with it.",
  anyOf: [
    value,
    {
      type: "object",
      description: "Parameters that come with this choice: values, or distributions.",
      additionalProperties: {
        description: "A value, or where its values come from.",
        anyOf: [value, inner, ...plain],
      },
    },
  ],
});

const innermost = choiceOf(value);
const distribution: JsonSchema = {
  description: "Where the values of this parameter come from.",
  anyOf: [choiceOf(nested(choiceOf(nested(innermost)))), ...plain],
};

export const searchSpace: JsonSchema = mapOf(
  distribution,
  "The parameters, and where the values of each come from.",
  {
    propertyNames: parameterName,
    minProperties: 1,
    examples: [
      {
        lr: { type: "loguniform", min_value: -7, max_value: -1 },
        depth: { type: "choice", values: [2, 4, 8] },
      },
    ],
  },
);
