// The few shapes that the files' keys have, as JSON Schema (draft 7, which every editor's YAML support knows).
// They follow src/spec/read.ts shape by shape: text, looseText, oneOf, readFields, mapOf, listOf.

export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minProperties?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly readOnly?: boolean;
}

type Extra = Omit<JsonSchema, "type" | "description">;

export const text = (description: string, extra: Extra = {}): JsonSchema => ({
  type: "string",
  description,
  ...extra,
});

/** Any text but an empty one. */
export const filledText = (description: string, extra: Extra = {}): JsonSchema =>
  text(description, { pattern: String.raw`\S`, ...extra });

export const number = (description: string, extra: Extra = {}): JsonSchema => ({
  type: "number",
  description,
  ...extra,
});

/** A text where people write numbers, true and false too: they stay as written. */
export const looseText = (description: string, extra: Extra = {}): JsonSchema => ({
  type: ["string", "number", "boolean"],
  description,
  ...extra,
});

export const word = (words: readonly string[], description: string, extra: Extra = {}): JsonSchema => ({
  type: "string",
  description,
  enum: words,
  ...extra,
});

export const whole = (least: number, description: string, extra: Extra = {}): JsonSchema => ({
  type: "integer",
  description,
  minimum: least,
  ...extra,
});

/** As many nodes or processes as any job may have. */
export const count = (least: number, description: string, extra: Extra = {}): JsonSchema =>
  whole(least, description, { maximum: 100_000, ...extra });

export const yesOrNo = (description: string, extra: Extra = {}): JsonSchema => ({
  type: "boolean",
  description,
  ...extra,
});

export const anything = (description: string): JsonSchema => ({ description });

/** What a server fills in comes back when a shown file is used again. */
export const filledIn: JsonSchema = {
  description: "Filled in by the server; ignored when it is read.",
  readOnly: true,
};

export const ignoredKeys = (keys: readonly string[], schema: JsonSchema): Record<string, JsonSchema> =>
  Object.fromEntries(keys.map((key) => [key, schema]));

export const listOf = (items: JsonSchema, description: string, extra: Extra = {}): JsonSchema => ({
  type: "array",
  description,
  items,
  ...extra,
});

/**
 * A closed mapping. Every key that is not required may be null, and `file:other.yml` may stand in its place: both as in
 * readFields.
 */
export function mapping(
  properties: Readonly<Record<string, JsonSchema>>,
  description: string,
  extra: Extra = {},
): JsonSchema {
  const { required = [], anyOf } = extra;
  const entries = Object.entries(properties).map(
    ([key, schema]) => [key, required.includes(key) ? schema : nullable(schema)] as const,
  );
  return {
    type: ["object", "string"],
    pattern: fileReference,
    description,
    properties: Object.fromEntries(entries),
    additionalProperties: false,
    ...extra,
    ...(anyOf && { anyOf: [...anyOf, noMapping] }),
  };
}

/** What a mapping must hold is nothing that a text in its place could hold. */
const noMapping: JsonSchema = { type: ["string", "null"] };

const fileReference = String.raw`^file:\s*\S`;

export const mapOf = (values: JsonSchema, description: string, extra: Extra = {}): JsonSchema => ({
  type: ["object", "string"],
  pattern: fileReference,
  description,
  additionalProperties: values,
  ...extra,
});

/** Text and mapping at once, where the text may be more than `file:`. */
export const orText = (schema: JsonSchema, pattern: string): JsonSchema => ({ ...schema, pattern });

export function nullable(schema: JsonSchema): JsonSchema {
  if (schema.anyOf && schema.type === undefined)
    return { ...schema, anyOf: [...schema.anyOf, { type: "null" }] };
  if (schema.type === undefined) return schema;
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  const { enum: words } = schema;
  return { ...schema, type: [...types, "null"], ...(words && { enum: [...words, null] }) };
}

/** The key is there and holds something. */
export const has = (key: string): JsonSchema => ({
  type: "object",
  required: [key],
  properties: { [key]: { not: { type: "null" } } },
});

export const hasNot = (key: string): JsonSchema => ({ not: has(key) });

/** Both keys, even with nothing in them. */
export const hasBoth = (first: string, second: string): JsonSchema => ({
  type: "object",
  required: [first, second],
});

/** Nothing may stand in the place of this mapping: a whole file, or one form of several. */
export function onlyMapping(schema: JsonSchema): JsonSchema {
  const { pattern: _pattern, anyOf, ...rest } = schema;
  return { ...rest, type: "object", ...(anyOf && { anyOf: anyOf.filter((form) => form !== noMapping) }) };
}

export const document = (title: string, schema: JsonSchema): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title,
  ...onlyMapping(schema),
});
