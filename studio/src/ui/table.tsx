// A plain table of a few hundred rows: lists of versions, nodes, tokens. The jobs have a virtual one of their own.
import type { ReactNode } from "react";
import "./table.css";

export interface Column<Row> {
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their cell. */
  isNumber?: boolean;
  /** May be cut short. */
  isLong?: boolean;
}

interface TableProps<Row> {
  /** What the rows are, for those who do not see the page. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Shown instead of rows. */
  empty?: ReactNode;
}

export function Table<Row>({ label, columns, rows, keyOf, empty }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  const classOf = ({ isNumber, isLong }: Column<Row>) =>
    [isNumber ? "cell-number" : "", isLong ? "cell-long" : ""].join(" ").trim() || undefined;
  return (
    <div className="table-box" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.id} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
