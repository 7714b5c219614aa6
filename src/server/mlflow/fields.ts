// The fields of a request, checked as MLflow checks them. Unknown ones are ignored; null counts as not given.
import { invalid } from "./error.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const missingField = (name: string) => invalid(`Missing value for required parameter '${name}'.`);

export const wrongField = (value: unknown, name: string, why = "") =>
  invalid(`Invalid value ${shown(value)} for parameter '${name}' supplied${why && `: ${why}`}`);

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Where a field is, for messages: `metrics[0].key`. */
const placed = (name: string, place: string): string => (place === "" ? name : `${place}.${name}`);

export interface TextRule {
  place?: string;
  max?: number;
}

export function optionalText(fields: Fields, name: string, rule: TextRule = {}): string | undefined {
  const value = fields[name];
  const where = placed(name, rule.place ?? "");
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongField(value, where, "expected a string");
  // A lone half of a surrogate pair cannot be stored.
  if (!value.isWellFormed()) throw wrongField(value, where, "expected well-formed Unicode");
  if (rule.max !== undefined && value.length > rule.max) {
    throw wrongField(value, where, `exceeds the maximum length of ${rule.max} characters`);
  }
  return value;
}

export function requiredText(fields: Fields, name: string, rule: TextRule = {}): string {
  const value = optionalText(fields, name, rule);
  if (value === undefined || value === "") throw missingField(placed(name, rule.place ?? ""));
  return value;
}

/** Numbers and decimal texts; fractions are cut off. */
export function optionalInteger(fields: Fields, name: string, place = ""): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  const whole = typeof number === "number" ? Math.trunc(number) : Number.NaN;
  if (!Number.isSafeInteger(whole)) throw wrongField(value, placed(name, place), "expected an integer");
  return whole === 0 ? 0 : whole;
}

export function requiredInteger(fields: Fields, name: string, place = ""): number {
  const value = optionalInteger(fields, name, place);
  if (value === undefined) throw missingField(placed(name, place));
  return value;
}

/** JSON has no NaN and no infinities: those are words. */
export function requiredNumber(fields: Fields, name: string, place = ""): number {
  const value = fields[name];
  const where = placed(name, place);
  if (value === undefined || value === null) throw missingField(where);
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    const word = value.trim();
    if (/^[+-]?nan$/i.test(word)) return Number.NaN;
    const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
    if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (word !== "" && !Number.isNaN(Number(word))) return Number(word);
  }
  throw wrongField(value, where, "expected a number");
}

export function listOf(fields: Fields, name: string, place = ""): unknown[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as unknown[];
  // A query with one value of a repeated parameter.
  if (typeof value === "string") return [value];
  throw wrongField(value, placed(name, place), "expected a list");
}

export const textsOf = (fields: Fields, name: string): string[] =>
  listOf(fields, name).map((value, index) => {
    if (typeof value === "string" && value.isWellFormed()) return value;
    throw wrongField(value, `${name}[${index}]`, "expected a string");
  });

export function objectsOf(fields: Fields, name: string, place = ""): Fields[] {
  const where = placed(name, place);
  // No query repeats an object, so a text here is no list of one.
  if (typeof fields[name] === "string") throw wrongField(fields[name], where, "expected a list");
  return listOf(fields, name, place).map((value, index) =>
    isObject(value) ? value : asObject(value, `${where}[${index}]`),
  );
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function asObject(value: unknown, where: string): Fields {
  if (isObject(value)) return value;
  throw wrongField(value, where, "expected an object");
}

export interface Pair {
  key: string;
  value: string;
}

export interface PairLimits {
  key: number;
  value: number;
  /** A value that is too long is refused. Else it is cut, as the original does with what runs log. */
  isExact?: true;
}

export function pairIn(fields: Fields, most: PairLimits, place = ""): Pair {
  const key = requiredText(fields, "key", { place, max: most.key });
  const value = optionalText(fields, "value", { place, ...(most.isExact && { max: most.value }) }) ?? "";
  return { key, value: value.slice(0, most.value) };
}

export const pairsOf = (fields: Fields, name: string, most: PairLimits, from = ""): Pair[] =>
  objectsOf(fields, name, from).map((pair, index) => pairIn(pair, most, `${placed(name, from)}[${index}]`));

export function runIdOf(fields: Fields): string {
  const id = optionalText(fields, "run_id") || optionalText(fields, "run_uuid");
  if (!id) throw missingField("run_id");
  return id;
}

/** A page's size from 1 on. */
export function pageSize(fields: Fields, normally: number, most: number, name = "max_results"): number {
  const size = optionalInteger(fields, name) ?? normally;
  if (size < 1 || size > most) throw wrongField(size, name, `expected a number from 1 to ${most}`);
  return size;
}

const views = { ACTIVE_ONLY: "active", DELETED_ONLY: "deleted", ALL: "all" } as const;

export function viewOf(fields: Fields, name: string): "active" | "deleted" | "all" {
  const value = fields[name];
  if (value === undefined || value === null || value === 1 || value === "1") return "active";
  if (value === 2 || value === "2") return "deleted";
  if (value === 3 || value === "3") return "all";
  const view = typeof value === "string" && Object.hasOwn(views, value) ? value : undefined;
  if (view === undefined) throw wrongField(value, name, `expected one of ${Object.keys(views).join(", ")}`);
  return views[view as keyof typeof views];
}
