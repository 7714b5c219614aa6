// What to sort by: a list of `<identifier> [ASC|DESC]`.
import type { Refused } from "../refused.ts";
import type { Grammar } from "./grammar.ts";
import { invalid, openCursor, readIdentifier, takeWord } from "./parse-filter.ts";
import type { Identifier } from "./parse-filter.ts";

export interface OrderKey extends Identifier {
  ascending: boolean;
}

const none: ReadonlyMap<string, string> = new Map();

export function parseOrder(clauses: readonly string[], grammar: Grammar): OrderKey[] {
  const keys = clauses.map((clause) => parseClause(clause, grammar));
  return checkOrder(keys, grammar);
}

/** Refuses what cannot be sorted by, and what is named twice. */
export function checkOrder(keys: OrderKey[], grammar: Grammar): OrderKey[] {
  const seen = new Set<string>();
  for (const key of keys) {
    const known =
      grammar.orderEntities.includes(key.entity) &&
      (key.entity !== "attribute" || grammar.orderAttributes.includes(key.key));
    if (!known) throw invalidKey(key, grammar);
    const name = `${key.entity}.${key.key}`;
    if (seen.has(name)) throw invalid(`\`order_by\` contains duplicate fields: ${name}`);
    seen.add(name);
  }
  return keys;
}

function invalidKey({ entity, key }: OrderKey, { orderAttributes, orderEntities }: Grammar): Refused {
  const named = entity === "attribute" ? key : `${entity}.${key}`;
  const others = orderEntities.filter((one) => one !== "attribute").map((one) => `${one}.<key>`);
  return invalid(
    `Invalid order by key '${named}' specified. Valid keys are ${[...orderAttributes, ...others].join(", ")}`,
  );
}

function parseClause(clause: string, grammar: Grammar): OrderKey {
  const cursor = openCursor(clause);
  if (cursor.tokens.length === 0) throw invalid("Invalid order_by clause: it is empty");
  const identifier = readIdentifier(cursor, grammar, none);
  const descending = takeWord(cursor, "DESC");
  if (!descending) takeWord(cursor, "ASC");
  if (cursor.at < cursor.tokens.length) {
    throw invalid(`Invalid order_by clause '${clause}'. Write <key>, <key> ASC or <key> DESC`);
  }
  return { ...identifier, ascending: !descending };
}
