// A filter's text → the comparisons that all have to hold. Written after MLflow's grammar, with its error texts.
import { Refused } from "../refused.ts";
import { allowedOperators, kindOf, operators } from "./grammar.ts";
import type { Entity, Grammar, Operator, ValueKind } from "./grammar.ts";
import { tokenize } from "./tokenize.ts";
import type { Token } from "./tokenize.ts";

export interface Identifier {
  entity: Entity;
  key: string;
}

export interface Comparison extends Identifier {
  operator: Operator;
  /** None for the tests for null, a list for IN. */
  value: string | number | readonly string[] | null;
}

/** The tokens of one text, read from the left. */
export interface Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
  /** Where what is being read began, for saying where a fault is. */
  from: number;
}

export const openCursor = (text: string): Cursor => ({ text, tokens: tokenize(text), at: 0, from: 0 });

export function parseFilter(text: string, grammar: Grammar): Comparison[] {
  const cursor = openCursor(text);
  const comparisons: Comparison[] = [];
  try {
    while (cursor.at < cursor.tokens.length) {
      comparisons.push(readComparison(cursor, grammar));
      cursor.from = cursor.at;
      // An AND at the very end is let pass, as the original does.
      if (cursor.at < cursor.tokens.length && !takeWord(cursor, "AND")) throw invalidClause(cursor);
    }
    return comparisons;
  } catch (error) {
    throw error instanceof Refused ? withPlace(error, cursor) : error;
  }
}

/** The refusal with the place of the fault in its details: from `start` up to `end`. */
function withPlace(refused: Refused, { text, tokens, at, from }: Cursor): Refused {
  const start = tokens[from]?.start ?? text.length;
  const end = tokens[Math.max(from, at - 1)]?.end ?? text.length;
  return new Refused(refused.code, refused.message, refused.hint, { ...refused.details, start, end });
}

function readComparison(cursor: Cursor, grammar: Grammar): Comparison {
  cursor.from = cursor.at;
  const identifier = readIdentifier(cursor, grammar, grammar.filterAliases);
  const kind = kindOf(grammar, identifier.entity, identifier.key);
  if (kind === undefined) throw invalidKey(identifier, grammar);
  cursor.from = cursor.at;
  const operator = readOperator(cursor);
  if (!allowedOperators[kind].includes(operator)) {
    throw invalid(
      `Invalid comparator '${operator}' for ${identifier.entity} '${identifier.key}'; use one of ${allowedOperators[kind].join(", ")}`,
    );
  }
  cursor.from = cursor.at;
  return { ...identifier, operator, value: readValue(cursor, grammar, kind, operator) };
}

/** `entity.key`, or the key of an attribute. */
export function readIdentifier(
  cursor: Cursor,
  grammar: Grammar,
  aliases: ReadonlyMap<string, string>,
): Identifier {
  const token = cursor.tokens[cursor.at++];
  if (!token || token.kind === "sign" || token.kind === "text" || token.kind === "number") {
    cursor.at--;
    throw invalidClause(cursor);
  }
  const attribute = (key: string): Identifier => ({
    entity: "attribute",
    key: aliases.get(key) ?? grammar.aliases.get(key) ?? key,
  });
  if (token.kind !== "word") return attribute(token.text);
  const dot = token.text.indexOf(".");
  if (dot < 0) return attribute(token.text);
  const entity = grammar.entities.get(token.text.slice(0, dot));
  if (entity === undefined) {
    throw invalid(
      `Invalid entity type '${token.text.slice(0, dot)}'. Valid entity types are ${[...grammar.entities.keys()].join(", ")}`,
    );
  }
  let key = token.text.slice(dot + 1);
  const next = cursor.tokens[cursor.at];
  if (key === "" && next?.start === token.end && isQuotedKey(next)) {
    key = next.text;
    cursor.at++;
  }
  if (key === "") throw invalidClause(cursor);
  return entity === "attribute" ? attribute(key) : { entity, key };
}

const isQuotedKey = ({ kind }: Token): boolean => kind === "back-ticked" || kind === "double-quoted";

function readOperator(cursor: Cursor): Operator {
  const token = cursor.tokens[cursor.at];
  const sign = operators.find((one) => token?.kind === "sign" && one === token.text);
  if (sign !== undefined) {
    cursor.at++;
    return sign;
  }
  for (const one of operators) {
    const before = cursor.at;
    if (/^[A-Z]/.test(one) && one.split(" ").every((part) => takeWord(cursor, part))) return one;
    cursor.at = before;
  }
  throw invalidClause(cursor);
}

function readValue(
  cursor: Cursor,
  grammar: Grammar,
  kind: ValueKind,
  operator: Operator,
): Comparison["value"] {
  if (operator === "IS NULL" || operator === "IS NOT NULL") return null;
  if (operator === "IN" || operator === "NOT IN") return readList(cursor);
  const token = cursor.tokens[cursor.at++];
  if (kind === "number" || kind === "quoted number") {
    if (token?.kind === "number") return Number(token.text);
    const isQuoted = token?.kind === "text" || token?.kind === "double-quoted";
    if (kind === "quoted number" && isQuoted && /^\s*-?\d+(\.\d+)?\s*$/.test(token.text)) {
      return Number(token.text);
    }
    throw invalid(
      `Expected numeric value type for a numeric comparison. Found ${shown(token)}: write a number without quotes`,
    );
  }
  if (token?.kind === "text" || token?.kind === "double-quoted") return token.text;
  if (grammar.bareTexts && (token?.kind === "word" || token?.kind === "number")) return token.text;
  throw invalid(
    `Expected a quoted string value for this comparison. Found ${shown(token)}: write it in quotes`,
  );
}

function readList(cursor: Cursor): string[] {
  const values: string[] = [];
  if (!takeSign(cursor, "(")) throw invalid("Expected a list of quoted strings in parentheses after IN");
  do {
    const token = cursor.tokens[cursor.at++];
    if (token?.kind !== "text" && token?.kind !== "double-quoted") {
      throw invalid(`Expected a list of quoted strings in parentheses. Found ${shown(token)} in it`);
    }
    values.push(token.text);
    // Python writes a tuple of one with a comma behind it.
  } while (takeSign(cursor, ",") && !isSign(cursor, ")"));
  if (!takeSign(cursor, ")")) throw invalid("Expected a list of quoted strings in parentheses: no ) ends it");
  return values;
}

/** Takes the next token when it is this word, in any case. */
export function takeWord(cursor: Cursor, word: string): boolean {
  const token = cursor.tokens[cursor.at];
  if (token?.kind !== "word" || token.text.toUpperCase() !== word) return false;
  cursor.at++;
  return true;
}

function isSign(cursor: Cursor, sign: string): boolean {
  const token = cursor.tokens[cursor.at];
  return token?.kind === "sign" && token.text === sign;
}

function takeSign(cursor: Cursor, sign: string): boolean {
  if (!isSign(cursor, sign)) return false;
  cursor.at++;
  return true;
}

export const invalid = (message: string): Refused => new Refused("invalid", message);

const invalidKey = ({ entity, key }: Identifier, grammar: Grammar): Refused =>
  invalid(
    `Invalid ${entity} key '${key}' specified. Valid keys are ${entity === "dataset" ? "name, digest, context" : [...grammar.attributes.keys()].join(", ")}`,
  );

function invalidClause(cursor: Cursor): Refused {
  const token = cursor.tokens[cursor.at];
  const rest = token ? `'${cursor.text.slice(token.start)}'` : "the end of the text";
  return invalid(
    `Invalid clause(s) in filter string: ${rest}. Comparisons are written as <key> <operator> <value> and joined by AND`,
  );
}

const shown = (token: Token | undefined): string => (token ? `'${token.text}'` : "nothing");
