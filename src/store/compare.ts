// One comparison of a search as SQL. Texts and keys are bound, never written into it.
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Comparison } from "../core/search/parse-filter.ts";

export type Condition = RawBuilder<boolean>;

/** `column <operator> value`; the caller has seen to nulls where they mean something. */
export function compare(column: RawBuilder<unknown>, comparison: Comparison): Condition {
  const { operator, value } = comparison;
  switch (operator) {
    case "LIKE":
      return sql<boolean>`${column} glob ${globOf(String(value))}`;
    case "ILIKE":
      return sql<boolean>`${column} like ${value}`;
    case "IN":
    case "NOT IN": {
      const list = JSON.stringify(value);
      return operator === "IN"
        ? sql<boolean>`${column} in (select value from json_each(${list}))`
        : sql<boolean>`${column} not in (select value from json_each(${list}))`;
    }
    case "IS NULL":
      return sql<boolean>`${column} is null`;
    case "IS NOT NULL":
      return sql<boolean>`${column} is not null`;
    default:
      return sql<boolean>`${column} ${sql.raw(operator)} ${value}`;
  }
}

/** SQLite's LIKE takes no notice of case; GLOB does. */
const globOf = (pattern: string): string =>
  pattern
    .replace(/[[*?]/g, (sign) => `[${sign}]`)
    .replaceAll("%", "*")
    .replaceAll("_", "?");

/** A comparison with a row that may be missing: `exists` of it, or not. */
export const existing = (rows: RawBuilder<unknown>, comparison: Comparison): Condition =>
  comparison.operator === "IS NULL"
    ? sql<boolean>`not exists (${rows})`
    : comparison.operator === "IS NOT NULL"
      ? sql<boolean>`exists (${rows})`
      : sql<boolean>`exists (${rows} and ${compare(sql.ref("value"), comparison)})`;
