// A file of comma separated values as a table.
import { useMemo } from "react";
import { DataTable } from "../tables/data-table.tsx";
import { parseCsv } from "./csv.ts";

const mostRows = 2000;

export function CsvTable({ text, separator, label }: { text: string; separator: string; label: string }) {
  const { head, body } = useMemo(() => {
    const [first = [], ...rest] = parseCsv(text, separator, mostRows + 1);
    return { head: first, body: rest };
  }, [text, separator]);
  return (
    <>
      {body.length === mostRows && <p className="preview-note">Only the first {mostRows} rows are shown.</p>}
      <DataTable label={label} head={head} rows={body.map((row) => row.map(asNumber))} />
    </>
  );
}

/** A number as programs write it; 007 is a name. */
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

const asNumber = (cell: string): unknown => (number.test(cell.trim()) ? Number(cell) : cell);
