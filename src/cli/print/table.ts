// Tables for people: top-level scalars only, one column a key.
import { renderScalar } from "./tsv.ts";

/** A command's own columns: a title, and what to show for a row. */
export type TableColumns = readonly {
  title: string;
  of: (row: Readonly<Record<string, unknown>>) => unknown;
}[];

export function renderTable(value: unknown, columns?: TableColumns): string {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const rows = items.map((item) => (columns && isObject(item) ? ownRow(item, columns) : plainRow(item)));
  const titles = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (titles.length === 0) return "";
  const cells = rows.map((row) => titles.map((title) => row.get(title) ?? ""));
  const widths = titles.map((title, column) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[column] ?? ""))),
  );
  const line = (texts: string[]) =>
    `${texts
      .map((text, column) => text + " ".repeat((widths[column] ?? 0) - widthOf(text)))
      .join("  ")
      .trimEnd()}\n`;
  return line(titles) + line(widths.map((width) => "-".repeat(width))) + cells.map(line).join("");
}

function ownRow(item: Record<string, unknown>, columns: TableColumns): Map<string, string> {
  return new Map(columns.map(({ title, of }) => [title, scalarOf(of(item)) ?? ""]));
}

function plainRow(item: unknown): Map<string, string> {
  if (Array.isArray(item))
    return new Map(item.map((cell, index) => [`Column${index + 1}`, scalarOf(cell) ?? ""]));
  if (!isObject(item)) return new Map([["Result", scalarOf(item) ?? ""]]);
  const row = new Map<string, string>();
  for (const [key, cell] of Object.entries(item)) {
    const text = scalarOf(cell);
    if (text !== undefined) row.set(key.charAt(0).toUpperCase() + key.slice(1), text);
  }
  return row;
}

/** Undefined for what a table has no room for. Line breaks would tear the row apart. */
const scalarOf = (value: unknown): string | undefined =>
  value === null || value === undefined || typeof value === "object"
    ? undefined
    : renderScalar(value).replaceAll(/[\r\n\t]+/g, " ");

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** In terminal columns, near enough: East Asian wide characters and emoji take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text)
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Extended_Pictographic}/u.test(
        char,
      )
        ? 2
        : 1;
  return width;
}
