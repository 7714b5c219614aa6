// Pages by key: a page begins after the sort key of the last row seen, so that a late page costs what the first one does.
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { Refused } from "../core/refused.ts";
import type { Condition } from "./compare.ts";

export interface SortKey {
  /** Never null: missing values have a rank of their own. */
  expression: RawBuilder<unknown>;
  ascending: boolean;
}

type KeyValue = string | number;

/** For what may be missing: that last in both directions, NaN before it. */
export const missingLast = (
  value: RawBuilder<unknown>,
  ascending: boolean,
  empty: KeyValue,
  isNaN?: RawBuilder<unknown>,
): SortKey[] => [
  {
    expression: isNaN
      ? sql`case when ${isNaN} then 1 when ${value} is null then 2 else 0 end`
      : sql`case when ${value} is null then 2 else 0 end`,
    ascending: true,
  },
  { expression: sql`coalesce(${value}, ${empty})`, ascending },
];

export const sortColumns = (keys: readonly SortKey[]): RawBuilder<unknown> =>
  sql.join(keys.map((key, index) => sql`${key.expression} as ${sql.ref(`k${index}`)}`));

export const sortOrder = (keys: readonly SortKey[]): RawBuilder<unknown> =>
  sql.join(keys.map((key, index) => sql`${sql.ref(`k${index}`)} ${sql.raw(key.ascending ? "asc" : "desc")}`));

/** The rows after the one with these keys. Of the first key it says a plain bound too, which an index can begin at. */
export function afterKeys(keys: readonly SortKey[], values: readonly KeyValue[]): Condition {
  let condition: Condition = sql<boolean>`false`;
  for (let index = keys.length - 1; index >= 0; index--) {
    const column = sql.ref(`k${index}`);
    const sign = sql.raw(keys[index]!.ascending ? ">" : "<");
    const value = values[index];
    condition = sql<boolean>`(${column} ${sign}= ${value} and (${column} ${sign} ${value} or ${condition}))`;
  }
  return condition;
}

/** What a token is only good for: the search it was given out by. */
export const digestOf = (query: unknown): string =>
  createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 12);

export function makeToken(digest: string, row: Record<string, unknown>, keys: readonly SortKey[]): string {
  const values = keys.map((_, index) => {
    const value = row[`k${index}`];
    return value === Number.POSITIVE_INFINITY
      ? { inf: 1 }
      : value === Number.NEGATIVE_INFINITY
        ? { inf: -1 }
        : value;
  });
  return Buffer.from(JSON.stringify([digest, ...values])).toString("base64url");
}

export function readToken(digest: string, token: string, keys: readonly SortKey[]): KeyValue[] {
  const refused = new Refused(
    "invalid",
    "Invalid page token: it is not one that this search gave out",
    "begin again without a page_token",
  );
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw refused;
  }
  if (!Array.isArray(parsed) || parsed[0] !== digest || parsed.length !== keys.length + 1) throw refused;
  return parsed.slice(1).map((value: unknown): KeyValue => {
    if (typeof value === "string" || typeof value === "number") return value;
    if (typeof value === "object" && value !== null && "inf" in value) {
      return value.inf === 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    }
    throw refused;
  });
}
