// What may be searched for: which entities and attributes there are, and how each kind may be compared.

/** A metric is its latest value, minimum and maximum the least and greatest that it ever had. */
export type Entity = "attribute" | "metric" | "minimum" | "maximum" | "param" | "tag" | "dataset";

export const operators = [
  "=",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "LIKE",
  "ILIKE",
  "IN",
  "NOT IN",
  "IS NULL",
  "IS NOT NULL",
] as const;
export type Operator = (typeof operators)[number];

/** How values of a thing are written and compared. */
export type ValueKind = "number" | "quoted number" | "text" | "one of texts" | "listed text" | "label";

export const allowedOperators: Readonly<Record<ValueKind, readonly Operator[]>> = {
  number: ["=", "!=", ">", ">=", "<", "<="],
  // Written with quotes or without.
  "quoted number": ["=", "!=", ">", ">=", "<", "<="],
  text: ["=", "!=", "LIKE", "ILIKE"],
  "one of texts": ["=", "!=", "LIKE", "ILIKE", "IN"],
  "listed text": ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"],
  label: ["=", "!=", "LIKE", "ILIKE", "IS NULL", "IS NOT NULL"],
};

export interface Grammar {
  entities: ReadonlyMap<string, Entity>;
  attributes: ReadonlyMap<string, ValueKind>;
  /** Other spellings of attributes, in filters and orders. */
  aliases: ReadonlyMap<string, string>;
  /** Spellings that filters know besides those. */
  filterAliases: ReadonlyMap<string, string>;
  /** What orders may name; a metric, param or tag may always be named when its entity is known. */
  orderAttributes: readonly string[];
  orderEntities: readonly Entity[];
  /** Values need no quotes, and lists and texts are quoted once. */
  bareTexts: boolean;
}

const entityWords: Readonly<Record<Entity, readonly string[]>> = {
  attribute: ["attribute", "attributes", "attr", "run"],
  metric: ["metric", "metrics"],
  minimum: ["min"],
  maximum: ["max"],
  param: ["param", "params", "parameter", "parameters"],
  tag: ["tag", "tags"],
  dataset: ["dataset", "datasets"],
};

export const words = (...entities: Entity[]) =>
  new Map(entities.flatMap((entity) => entityWords[entity].map((word) => [word, entity] as const)));

const datasetKinds = new Map<string, ValueKind>(
  ["name", "digest", "context"].map((key) => [key, "listed text"]),
);

export const runGrammar: Grammar = {
  entities: words("attribute", "metric", "param", "tag", "dataset"),
  attributes: new Map<string, ValueKind>([
    ["run_id", "listed text"],
    ["run_name", "text"],
    ["status", "text"],
    ["artifact_uri", "text"],
    ["user_id", "text"],
    ["start_time", "number"],
    ["end_time", "number"],
  ]),
  aliases: new Map([
    ["created", "start_time"],
    ["Created", "start_time"],
  ]),
  filterAliases: new Map(["run name", "Run name", "Run Name"].map((alias) => [alias, "run_name"])),
  orderAttributes: ["run_id", "run_name", "status", "artifact_uri", "user_id", "start_time", "end_time"],
  orderEntities: ["attribute", "metric", "param", "tag"],
  bareTexts: false,
};

export const experimentGrammar: Grammar = {
  entities: words("attribute", "tag"),
  attributes: new Map<string, ValueKind>([
    ["name", "text"],
    ["creation_time", "number"],
    ["last_update_time", "number"],
  ]),
  aliases: new Map(),
  filterAliases: new Map(),
  orderAttributes: ["name", "experiment_id", "creation_time", "last_update_time"],
  orderEntities: ["attribute"],
  bareTexts: false,
};

export const modelGrammar: Grammar = {
  entities: new Map<string, Entity>([
    ["attributes", "attribute"],
    ["metrics", "metric"],
    ["params", "param"],
    ["tags", "tag"],
  ]),
  attributes: new Map<string, ValueKind>([
    ...["model_id", "name", "experiment_id", "source_run_id", "model_type", "status", "status_message"].map(
      (key) => [key, "listed text"] as const,
    ),
    ["creation_timestamp_ms", "number"],
    ["last_updated_timestamp_ms", "number"],
  ]),
  aliases: new Map([
    ["creation_timestamp", "creation_timestamp_ms"],
    ["creation_time", "creation_timestamp_ms"],
    ["last_updated_timestamp", "last_updated_timestamp_ms"],
  ]),
  filterAliases: new Map(),
  orderAttributes: [
    "model_id",
    "name",
    "experiment_id",
    "source_run_id",
    "model_type",
    "status",
    "creation_timestamp_ms",
    "last_updated_timestamp_ms",
  ],
  orderEntities: ["attribute", "metric"],
  bareTexts: true,
};

export const registeredModelGrammar: Grammar = {
  entities: words("attribute", "tag"),
  attributes: new Map<string, ValueKind>([["name", "text"]]),
  aliases: new Map(),
  filterAliases: new Map(),
  orderAttributes: ["name", "timestamp", "last_updated_timestamp"],
  orderEntities: ["attribute"],
  bareTexts: false,
};

export const modelVersionGrammar: Grammar = {
  entities: words("attribute", "tag"),
  attributes: new Map<string, ValueKind>([
    ["name", "text"],
    ["version_number", "quoted number"],
    ["run_id", "one of texts"],
    ["source_path", "text"],
  ]),
  aliases: new Map(),
  filterAliases: new Map(),
  orderAttributes: ["name", "version_number", "creation_timestamp", "last_updated_timestamp"],
  orderEntities: ["attribute"],
  bareTexts: false,
};

/** How a thing is compared; undefined when there is no such attribute. */
export function kindOf(grammar: Grammar, entity: Entity, key: string): ValueKind | undefined {
  switch (entity) {
    case "attribute":
      return grammar.attributes.get(key);
    case "metric":
    case "minimum":
    case "maximum":
      return "number";
    case "dataset":
      return datasetKinds.get(key);
    case "param":
    case "tag":
      return grammar.bareTexts ? "listed text" : "label";
  }
}
