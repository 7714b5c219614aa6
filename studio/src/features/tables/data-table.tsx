// Rows and columns of anything, sorted by a column at a click.
import { useMemo, useState } from "react";
import { formatNumber } from "../../ui/format.ts";
import { ArrowDownIcon, ArrowUpIcon } from "../../ui/icons.tsx";
import { compareCells } from "./compare-cells.ts";
import "../../ui/table.css";
import "./tables.css";

interface DataTableProps {
  label: string;
  head: readonly string[];
  rows: readonly (readonly unknown[])[];
}

export function DataTable({ label, head, rows }: DataTableProps) {
  const [sort, setSort] = useState<{ column: number; isDown: boolean }>();
  const sorted = useMemo(() => {
    if (!sort) return rows;
    const direction = sort.isDown ? -1 : 1;
    return rows.toSorted((a, b) => direction * compareCells(a[sort.column], b[sort.column]));
  }, [rows, sort]);
  const isNumber = head.map((_, column) => rows.slice(0, 50).some((row) => typeof row[column] === "number"));
  const turn = (column: number) =>
    setSort(
      sort?.column !== column
        ? { column, isDown: isNumber[column]! }
        : sort.isDown === isNumber[column]
          ? { column, isDown: !sort.isDown }
          : undefined,
    );
  return (
    <div className="table-box data-table" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {head.map((name, column) => (
              <th
                key={column}
                scope="col"
                className={isNumber[column] ? "cell-number" : undefined}
                aria-sort={sort?.column === column ? (sort.isDown ? "descending" : "ascending") : undefined}
              >
                <button type="button" className="data-table-head" onClick={() => turn(column)}>
                  {name}
                  {sort?.column === column &&
                    (sort.isDown ? <ArrowDownIcon size={12} /> : <ArrowUpIcon size={12} />)}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, index) => (
            <tr key={index}>
              {head.map((_, column) => (
                <td key={column} className={isNumber[column] ? "cell-number" : "cell-long"}>
                  {show(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return formatNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
