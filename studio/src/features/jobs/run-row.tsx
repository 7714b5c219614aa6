// One line of the table.
import { memo } from "react";
import type { MouseEvent } from "react";
import { Checkbox } from "../../ui/field.tsx";
import { ChevronDownIcon, ChevronRightIcon } from "../../ui/icons.tsx";
import { Badge, StateIcon, wordsOf } from "../../ui/state-badge.tsx";
import type { GridColumn } from "./columns.tsx";
import { Curve } from "./curves.tsx";
import type { RunRow } from "./view.ts";

interface RowProps {
  row: RunRow;
  depth: number;
  columns: readonly GridColumn[];
  hasCurve: boolean;
  line: readonly (number | null)[] | undefined;
  isSelected: boolean;
  /** Undefined for a run without children, or where they stand for themselves. */
  isUnfolded: boolean | undefined;
  onSelect: (row: RunRow, isRange: boolean) => void;
  onFold: (row: RunRow) => void;
  onOpen: (event: MouseEvent, run: string) => void;
}

export const RunCells = memo(function RunCells(props: RowProps) {
  const { row, depth, columns, hasCurve, line, isSelected, isUnfolded, onSelect, onFold, onOpen } = props;
  return (
    <>
      <div role="gridcell" className="cell cell-check">
        <Checkbox
          aria-label={`Select ${row.name}`}
          checked={isSelected}
          tabIndex={-1}
          onChange={(event) => onSelect(row, (event.nativeEvent as unknown as MouseEvent).shiftKey)}
        />
      </div>
      <div role="rowheader" className="cell cell-name" style={{ paddingLeft: 4 + depth * 18 }}>
        {isUnfolded === undefined ? (
          <span className="run-fold" />
        ) : (
          <button
            type="button"
            className="run-fold"
            tabIndex={-1}
            aria-label={`${isUnfolded ? "Hide" : "Show"} the ${row.children} children of ${row.name}`}
            onClick={() => onFold(row)}
          >
            {isUnfolded ? <ChevronDownIcon size={14} /> : <ChevronRightIcon size={14} />}
          </button>
        )}
        <span title={wordsOf(row.state)} className="run-icon">
          <StateIcon state={row.state} />
          <span className="visually-hidden">{wordsOf(row.state)}: </span>
        </span>
        {/* The router's own link asks for much more than a row of a hundred thousand needs. */}
        <a
          href={`/runs/${encodeURIComponent(row.id)}`}
          className="run-name"
          tabIndex={-1}
          title={row.name}
          onClick={(event) => onOpen(event, row.id)}
        >
          {row.name}
        </a>
        {row.kind === "sweep" && <Badge tone="busy">sweep</Badge>}
        {row.children > 0 && <span className="run-count">{row.children}</span>}
      </div>
      {hasCurve && (
        <div role="gridcell" className="cell cell-curve">
          <Curve line={line} />
        </div>
      )}
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={`cell${column.isNumber ? " cell-number" : ""}${column.isFirst ? " cell-first" : ""}`}
        >
          {column.cell(row)}
        </div>
      ))}
    </>
  );
});
