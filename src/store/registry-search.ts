// Searches the registry: models by name and tags, versions by where they come from, each page by key.
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Comparison } from "../core/search/parse-filter.ts";
import type { OrderKey } from "../core/search/parse-order.ts";
import { compare, existing } from "./compare.ts";
import type { Condition } from "./compare.ts";
import { afterKeys, digestOf, makeToken, readToken, sortColumns, sortOrder } from "./page-by-key.ts";
import type { SortKey } from "./page-by-key.ts";
import { sourceColumn } from "./registry-versions.ts";
import type { Db } from "./store.ts";

export interface RegistrySearch {
  filter: readonly Comparison[];
  order: readonly OrderKey[];
  limit: number;
  token?: string | undefined;
}

interface Found<Id> {
  ids: Id[];
  next: string | undefined;
}

interface Searched<Id> {
  from: RawBuilder<unknown>;
  /** What a row is known by. */
  id: RawBuilder<Id>;
  attributes: Readonly<Record<string, RawBuilder<unknown>>>;
  tags: RawBuilder<unknown>;
  isPrompt: Condition;
  conditions: readonly Condition[];
  /** The order when none is asked for; then, and after any other, the ties. */
  normally: readonly OrderKey[];
  ties: readonly OrderKey[];
}

const promptTag = "mlflow.prompt.is_prompt";
const by = (key: string, ascending: boolean): OrderKey => ({ entity: "attribute", key, ascending });

const models: Searched<string> = {
  from: sql`registered_models m`,
  id: sql.ref("m.name"),
  attributes: {
    name: sql.ref("m.name"),
    timestamp: sql.ref("m.updated_at"),
    last_updated_timestamp: sql.ref("m.updated_at"),
  },
  tags: sql.ref("m.tags"),
  isPrompt: sql<boolean>`m.is_prompt = 1`,
  conditions: [],
  normally: [],
  ties: [by("name", true)],
};

const versions: Searched<number> = {
  from: sql`assets a left join model_sources s on s.name = a.name and s.version = a.version`,
  id: sql.ref("a.seq"),
  attributes: {
    name: sql.ref("a.name"),
    version_number: sql.ref("a.number"),
    run_id: sql.ref("a.run_id"),
    source_path: sourceColumn,
    creation_timestamp: sql.ref("a.created_at"),
    last_updated_timestamp: sql.ref("a.updated_at"),
  },
  tags: sql.ref("a.tags"),
  isPrompt: sql<boolean>`exists (select 1 from registered_models m where m.name = a.name and m.is_prompt = 1)`,
  conditions: [sql<boolean>`a.kind = 'model'`, sql<boolean>`a.number is not null`],
  normally: [by("last_updated_timestamp", false)],
  ties: [by("name", true), by("version_number", false)],
};

export const searchRegisteredModels = (db: Db, search: RegistrySearch): Promise<Found<string>> =>
  find(db, models, search);

/** Answers with the sequence numbers of the versions. */
export const searchModelVersions = (db: Db, search: RegistrySearch): Promise<Found<number>> =>
  find(db, versions, search);

async function find<Id>(
  db: Db,
  searched: Searched<Id>,
  { filter, order, limit, token }: RegistrySearch,
): Promise<Found<Id>> {
  const digest = digestOf([filter, order]);
  const asked = order.length > 0 ? order : searched.normally;
  const named = new Set(asked.map(({ key }) => key));
  const keys: SortKey[] = [...asked, ...searched.ties.filter(({ key }) => !named.has(key))].map(
    ({ key, ascending }) => ({ expression: searched.attributes[key]!, ascending }),
  );
  const conditions = [...searched.conditions, ...conditionsOf(searched, filter)];
  const after =
    token === undefined || token === ""
      ? sql<boolean>`true`
      : afterKeys(keys, readToken(digest, token, keys));
  const { rows } = await sql<Record<string, unknown> & { id: Id }>`
    select * from (select ${searched.id} as id, ${sortColumns(keys)} from ${searched.from}
      where ${sql.join([...conditions, after], sql` and `)})
    order by ${sortOrder(keys)} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  return {
    ids: page.map((row) => row.id),
    next: rows.length > page.length ? makeToken(digest, page.at(-1)!, keys) : undefined,
  };
}

/** Prompts are models to MLflow's registry: found when asked for, and otherwise left out. */
function conditionsOf(searched: Searched<unknown>, filter: readonly Comparison[]): Condition[] {
  const asked = filter.filter(({ entity, key }) => entity === "tag" && key === promptTag);
  const wantsPrompts = asked.some(({ operator, value }) => operator === "=" && value === "true");
  const others = filter.filter((comparison) => !asked.includes(comparison));
  return [
    wantsPrompts ? searched.isPrompt : sql<boolean>`not ${searched.isPrompt}`,
    ...others.map((comparison) =>
      comparison.entity === "attribute"
        ? compare(searched.attributes[comparison.key]!, comparison)
        : existing(sql`select 1 from json_each(${searched.tags}) where key = ${comparison.key}`, comparison),
    ),
  ];
}
