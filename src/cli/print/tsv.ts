// Tab-separated values as the Azure CLI prints them, which shell scripts count on to the letter.

/** One line a row. A value that is no list is one row; an object's or a list's members are its cells. */
export function renderTsv(value: unknown): string {
  const rows: unknown[] = Array.isArray(value) ? value : [value];
  return rows.map((row) => `${renderRow(row)}\n`).join("");
}

function renderRow(row: unknown): string {
  if (Array.isArray(row)) return row.map(renderCell).join("\t");
  if (typeof row === "object" && row !== null) return Object.values(row).map(renderCell).join("\t");
  return renderCell(row);
}

function renderCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "None";
  if (Array.isArray(cell)) return String(cell.length);
  if (typeof cell === "object") return "";
  return renderScalar(cell);
}

/** Booleans are spelled as Python does. */
export function renderScalar(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}
