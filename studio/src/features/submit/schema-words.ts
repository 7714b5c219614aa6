// What a JSON Schema offers at a place of a document: keys, values, and what is said of them.

export interface Schema {
  type?: string | readonly string[];
  description?: string;
  enum?: readonly unknown[];
  default?: unknown;
  examples?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
  required?: readonly string[];
  readOnly?: boolean;
}

/** Every schema that may hold at this path: a place may be one of several things. */
export function schemasAt(root: Schema, path: readonly string[]): Schema[] {
  let here = formsOf(root);
  for (const step of path) {
    here = here.flatMap((schema) => {
      const next =
        step === "[]"
          ? schema.items
          : (schema.properties?.[step] ??
            (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined));
      return next ? formsOf(next) : [];
    });
  }
  return here;
}

const formsOf = (schema: Schema): Schema[] => [schema, ...(schema.anyOf ?? []).flatMap(formsOf)];

export interface Word {
  label: string;
  about?: string;
  /** What stands after the label in the list. */
  detail?: string;
  isKey: boolean;
  /** For a key: what it holds is to be written on lines of its own. */
  isNested?: boolean;
  isRequired?: boolean;
}

export function keysAt(root: Schema, path: readonly string[], taken: readonly string[]): Word[] {
  const words = new Map<string, Word>();
  for (const schema of schemasAt(root, path)) {
    for (const [
      label,
      { readOnly, description, type, properties, enum: values, default: normal },
    ] of Object.entries(schema.properties ?? {})) {
      if (readOnly || taken.includes(label) || words.has(label) || description?.startsWith("Ignored"))
        continue;
      const types = typeof type === "string" ? [type] : (type ?? []);
      const isNested =
        properties !== undefined || (types.includes("object") && !types.includes("string") && !values);
      words.set(label, {
        label,
        isKey: true,
        isNested,
        ...(description !== undefined && { about: description }),
        ...(plainText(normal) !== undefined && { detail: plainText(normal)! }),
        ...(schema.required?.includes(label) && { isRequired: true }),
      });
    }
  }
  return [...words.values()];
}

export function valuesAt(root: Schema, path: readonly string[]): Word[] {
  const words = new Map<string, Word>();
  const add = (value: unknown, detail?: string) => {
    const label = plainText(value);
    if (label === undefined || words.has(label)) return;
    words.set(label, { label, isKey: false, ...(detail !== undefined && { detail }) });
  };
  for (const { type, enum: values, examples, default: normal } of schemasAt(root, path)) {
    for (const value of values ?? []) add(value, value === normal ? "default" : undefined);
    if (type === "boolean" || (Array.isArray(type) && type.includes("boolean") && !type.includes("string"))) {
      add(true);
      add(false);
    }
    if (normal !== undefined) add(normal, "default");
    for (const example of examples ?? []) add(example, "for example");
  }
  return [...words.values()];
}

export const aboutAt = (root: Schema, path: readonly string[]): string | undefined =>
  schemasAt(root, path).find(({ description }) => description !== undefined)?.description;

/** Undefined for what is no single word of a document. */
const plainText = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
