// The table of runs: only the rows in sight are there, however many there are; keys move in it as in a list.
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import type { CSSProperties, MouseEvent, ReactNode } from "react";
import { observeSize, scrollFromElsewhere } from "../../ui/calm-virtual.ts";
import { Checkbox } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import { ChevronDownIcon, ChevronRightIcon } from "../../ui/icons.tsx";
import type { GridColumn } from "./columns.tsx";
import { useCurves } from "./curves.tsx";
import type { Curves } from "./curves.tsx";
import { HeadCell } from "./head-cell.tsx";
import { keyOfItem } from "./items.ts";
import type { Item } from "./items.ts";
import { useKeptPlace } from "./kept-place.ts";
import { useRowKeys } from "./row-keys.ts";
import { RunCells } from "./run-row.tsx";
import type { Selection } from "./selection.ts";
import type { RunRow, Sort } from "./view.ts";
import "./run-grid.css";

const rowHeight = 34;
const nearTheEnd = 60;
/** Pixels above the table. */
const aroundIt = 140;

export interface GridProps {
  items: readonly Item[];
  columns: readonly GridColumn[];
  curve: string | undefined;
  sort: Sort;
  total: number | undefined;
  /** How many runs each experiment has, for the heads of groups. */
  sizes: ReadonlyMap<string, number>;
  selection: Selection;
  rows: readonly RunRow[];
  unfolded: ReadonlySet<string>;
  isTree: boolean;
  hasMore: boolean;
  onMore: () => void;
  onSort: (key: string) => void;
  onFold: (row: RunRow) => void;
  onFoldGroup: (name: string) => void;
  /** Gives the curves to whoever hears of new points. */
  onCurves: (curves: Curves) => void;
  /** What stands there instead of rows. */
  empty: ReactNode;
}

export function RunGrid(props: GridProps) {
  const { items, columns, curve, sort, total, selection, rows, hasMore, onMore, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOfItem(items[index]!, index),
    overscan: 6,
    observeElementRect: observeSize,
    scrollToFn: scrollFromElsewhere,
    // About as large as it will be, so that the first drawing has rows in it.
    initialRect: { width: innerWidth, height: Math.max(rowHeight, innerHeight - aroundIt) },
    paddingStart: rowHeight,
    scrollPaddingStart: rowHeight,
    scrollPaddingEnd: 4,
  });
  const shown = virtual.getVirtualItems();
  useKeptPlace(scroller, items, rowHeight);

  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown > items.length - nearTheEnd) onMore();
  }, [hasMore, lastShown, items.length, onMore]);

  const inSight = shown.flatMap(({ index }) => {
    const item = items[index]!;
    return item.kind === "run" ? [item.row.id] : [];
  });
  const curves = useCurves(curve, inSight);
  useEffect(() => props.onCurves(curves));

  const act = useRowKeys({
    ...props,
    active: Math.min(active, items.length - 1),
    scroller,
    onActive: (index) => {
      setActive(index);
      virtual.scrollToIndex(index);
    },
  });
  const open = useOpenRun();
  const allSelected = rows.length > 0 && rows.every(({ id }) => selection.has(id));
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const template = `var(--check) var(--name) ${curve === undefined ? "" : "128px"} ${columns.map(({ width, mayGrow }) => (mayGrow ? `minmax(${width}px, 360px)` : `${width}px`)).join(" ")} minmax(0, 1fr)`;
  return (
    <div
      ref={scroller}
      role="grid"
      data-scroll-restoration-id="runs"
      aria-label="Runs"
      aria-rowcount={(total ?? items.length) + 1}
      aria-colcount={columns.length + 2 + (curve === undefined ? 0 : 1)}
      aria-multiselectable
      className="grid"
      style={
        {
          "--template": template,
          "--columns": `${width + (curve === undefined ? 0 : 128)}px`,
        } as CSSProperties
      }
      onKeyDown={act}
    >
      <div className="grid-space" style={{ height: virtual.getTotalSize() }}>
        <div role="rowgroup" className="grid-head">
          <div role="row" aria-rowindex={1} className="row">
            <div role="columnheader" className="cell cell-check">
              <Checkbox
                aria-label="Select all that are loaded"
                checked={allSelected}
                isPartial={!allSelected && selection.rows.size > 0}
                onChange={() => (allSelected ? selection.clear() : selection.setAll(rows))}
              />
            </div>
            <HeadCell id="run_name" label="Name" className="cell-name" sort={sort} onSort={props.onSort} />
            {curve !== undefined && (
              <HeadCell
                id={`metrics.${curve}`}
                label={curve}
                className="cell-curve"
                sort={sort}
                onSort={props.onSort}
              />
            )}
            {columns.map(({ id, label, isNumber, isFirst }) => (
              <HeadCell
                key={id}
                id={id}
                label={label}
                className={`${isNumber ? "cell-number" : ""}${isFirst ? " cell-first" : ""}`}
                sort={sort}
                onSort={props.onSort}
              />
            ))}
          </div>
        </div>
        <div role="rowgroup">
          {shown.map(({ index, key, start }) => {
            const item = items[index]!;
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={item.kind === "run" ? selection.has(item.row.id) : undefined}
                data-index={index}
                tabIndex={index === Math.min(active, items.length - 1) ? 0 : -1}
                className={`row row-${item.kind}`}
                style={{ top: start }}
                onClick={() => setActive(index)}
              >
                <Cells
                  {...props}
                  item={item}
                  curves={curve === undefined ? undefined : curves}
                  onOpen={open}
                />
              </div>
            );
          })}
        </div>
      </div>
      {items.length === 0 && empty}
    </div>
  );
}

/** A plain click goes there within the page; any other is the browser's: a new tab, a window, a download. */
function useOpenRun(): (event: MouseEvent, run: string) => void {
  const navigate = useNavigate();
  return useCallback(
    (event, run) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void navigate({ to: "/runs/$run", params: { run } });
    },
    [navigate],
  );
}

function Cells({
  item,
  curves,
  columns,
  selection,
  unfolded,
  isTree,
  sizes,
  onFold,
  onFoldGroup,
  onOpen,
}: GridProps & {
  item: Item;
  curves: Curves | undefined;
  onOpen: (event: MouseEvent, run: string) => void;
}) {
  if (item.kind === "run") {
    const { row, depth } = item;
    return (
      <RunCells
        row={row}
        depth={depth}
        columns={columns}
        hasCurve={curves !== undefined}
        line={curves?.of(row.id)}
        isSelected={selection.has(row.id)}
        isUnfolded={isTree && row.children > 0 ? unfolded.has(row.id) : undefined}
        onSelect={selection.toggle}
        onFold={onFold}
        onOpen={onOpen}
      />
    );
  }
  if (item.kind === "wait") {
    return (
      <div role="gridcell" aria-colspan={columns.length + 2} className="cell cell-wait">
        <span className="visually-hidden">Loading</span>
      </div>
    );
  }
  const size = sizes.get(item.name);
  return (
    <div role="gridcell" aria-colspan={columns.length + 2} className="cell cell-group">
      <button
        type="button"
        tabIndex={-1}
        aria-expanded={!item.isFolded}
        onClick={() => onFoldGroup(item.name)}
      >
        {item.isFolded ? <ChevronRightIcon size={14} /> : <ChevronDownIcon size={14} />}
        {item.name}
      </button>
      {size !== undefined && <span className="run-count">{formatCount(size)}</span>}
    </div>
  );
}
