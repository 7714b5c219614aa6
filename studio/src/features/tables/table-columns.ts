// Logged rows and tables as one table: each row of a log_row, each line of a log_table; columns by first appearance.

export interface Columns {
  head: string[];
  rows: unknown[][];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function columnsOf(values: readonly unknown[]): Columns {
  const places = new Map<string, number>();
  const rows: unknown[][] = [];
  const put = (row: unknown[], name: string, value: unknown) => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    row[place] = value;
  };
  for (const value of values) {
    if (!isRecord(value)) {
      const row: unknown[] = [];
      put(row, "value", value);
      rows.push(row);
      continue;
    }
    const entries = Object.entries(value);
    // A table of log_table holds a list for each column; a row holds one value.
    const length = Math.max(1, ...entries.map(([, cell]) => (Array.isArray(cell) ? cell.length : 1)));
    for (let line = 0; line < length; line++) {
      const row: unknown[] = [];
      for (const [name, cell] of entries) {
        put(row, name, Array.isArray(cell) ? cell[line] : line === 0 ? cell : undefined);
      }
      rows.push(row);
    }
  }
  return { head: [...places.keys()], rows };
}
