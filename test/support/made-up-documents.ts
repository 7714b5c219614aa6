// Makes files up from a JSON Schema: mostly what it asks for, now and then something else.
import type { Random } from "./random.ts";
import type { JsonSchema } from "../../src/spec/schemas/json-schema.ts";

export interface MadeUp {
  random: Random;
  /** How often something is wrong on purpose, at each value. */
  slip: number;
}

export const unknownKey = "zzz_unknown";

export function makeUp(schema: JsonSchema, by: MadeUp): unknown {
  const { random } = by;
  if (random.chance(by.slip)) return random.pick(wrongs);
  if (schema.anyOf && !schema.properties) {
    const branch = random.pick(schema.anyOf);
    return makeUp({ ...branch, type: branch.type ?? schema.type ?? [] }, by);
  }
  if (schema.enum) return random.pick(schema.enum);
  const examples = schema.examples ?? [];
  if (examples.length > 0 && random.chance(schema.properties ? 0.1 : 0.7)) return random.pick(examples);
  const type = typeOf(schema, random);
  switch (type) {
    case "object":
      return makeMapping(schema, by);
    case "array":
      return random.chance(0.2) ? [] : [makeUp(schema.items ?? {}, by)];
    case "integer":
      return (schema.minimum ?? 0) + random.below(3);
    case "number":
      return random.pick([0.5, 1, 3600]);
    case "boolean":
      return random.chance(0.5);
    case "null":
      return null;
    case "string":
      return makeText(schema, random);
    default:
      return random.pick(["anything", 1, { a: 1 }, [1]]);
  }
}

const wrongs: readonly unknown[] = [
  null,
  5,
  -1,
  "two words",
  [],
  ["x"],
  { [unknownKey]: 1 },
  {},
  true,
  "",
  0.5,
];

function typeOf({ type, properties, additionalProperties }: JsonSchema, random: Random): string | undefined {
  const types = type === undefined ? [] : typeof type === "string" ? [type] : type;
  if ((properties || additionalProperties) && types.includes("object") && random.chance(0.85))
    return "object";
  const usual = types.filter((name) => name !== "null");
  return usual.length > 0 && random.chance(0.95) ? random.pick(usual) : types.at(-1);
}

function makeMapping(schema: JsonSchema, by: MadeUp): Record<string, unknown> {
  const { random } = by;
  const made: Record<string, unknown> = {};
  const { properties = {}, required = [], additionalProperties } = schema;
  const names = Object.keys(properties);
  const likely = Math.min(0.5, 3 / names.length);
  for (const name of names) {
    const isWanted = required.includes(name) ? !random.chance(by.slip) : random.chance(likely);
    if (isWanted) made[name] = makeUp(properties[name]!, by);
  }
  // One of the forms that the mapping may have, in full.
  const form = schema.anyOf && random.pick(schema.anyOf);
  for (const name of form ? wantedBy(form) : []) made[name] ??= makeUp(properties[name] ?? {}, by);
  for (const name of form ? unwantedBy(form) : []) if (!random.chance(by.slip)) delete made[name];
  if (typeof additionalProperties === "object")
    for (const name of ["first", "second-1"].slice(random.below(3)))
      made[name] = makeUp(additionalProperties, by);
  if (random.chance(by.slip)) made[unknownKey] = 1;
  return made;
}

const wantedBy = (form: JsonSchema): string[] => [
  ...(form.required ?? []),
  ...(form.allOf ?? []).flatMap(wantedBy),
];
const unwantedBy = (form: JsonSchema): string[] =>
  (form.allOf ?? []).flatMap((part) => (part.not ? wantedBy(part.not) : unwantedBy(part)));

const candidates = [
  "word",
  "azureml:name:1",
  "azureml:cpu-cluster",
  "table.csv",
  "src",
  "FROM python",
  "https://host/x",
  "/mnt/share",
  "2g",
  "a b",
  "runs:/run-1/outputs/x",
  "azureml:name@latest",
];

function makeText({ pattern }: JsonSchema, random: Random): string {
  const isLegal = (candidate: string) => pattern === undefined || new RegExp(pattern, "u").test(candidate);
  const legal = candidates.filter(isLegal);
  return random.chance(0.9) && legal.length > 0 ? random.pick(legal) : random.pick(candidates);
}
