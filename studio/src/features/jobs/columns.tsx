// The columns of the table: how each is called, how wide it is, what stands in its cells.
import type { ReactNode } from "react";
import { formatNumber } from "../../ui/format.ts";
import { toneOf, wordsOf } from "../../ui/state-badge.tsx";
import { Ago, Duration } from "../../ui/time.tsx";
import { builtInColumns, isNumeric, splitColumn } from "./view.ts";
import type { ColumnKind, RunRow, TableRequest } from "./view.ts";

export interface GridColumn {
  /** As in the address; also what to sort by. */
  id: string;
  label: string;
  width: number;
  /** Takes room that is to spare. */
  mayGrow?: boolean;
  isNumber: boolean;
  /** The first of its kind: a line parts it from those before. */
  isFirst: boolean;
  cell: (row: RunRow) => ReactNode;
}

const builtIn: Readonly<Record<string, Omit<GridColumn, "id" | "isFirst">>> = {
  state: {
    label: "State",
    width: 132,
    mayGrow: true,
    isNumber: false,
    cell: ({ state, reason }) => (
      <>
        <span className={`run-state tone-${toneOf(state)}`}>{wordsOf(state)}</span>
        {reason !== null && reason !== "" && ["wait", "bad", "quiet"].includes(toneOf(state)) && (
          <span className="run-reason" title={reason}>
            {reason}
          </span>
        )}
      </>
    ),
  },
  experiment: {
    label: "Experiment",
    width: 150,
    isNumber: false,
    cell: ({ experiment }) => <span className="soft">{experiment}</span>,
  },
  start_time: {
    label: "Started",
    width: 112,
    isNumber: false,
    cell: ({ beginsAt }) => (
      <span className="soft">
        <Ago at={beginsAt} />
      </span>
    ),
  },
  duration: {
    label: "Duration",
    width: 96,
    isNumber: true,
    cell: ({ startedAt, endedAt }) =>
      startedAt === null ? <span className="faint">–</span> : <Duration from={startedAt} to={endedAt} />,
  },
  user_id: {
    label: "User",
    width: 100,
    isNumber: false,
    cell: ({ user }) => <span className="soft">{user}</span>,
  },
};

const kindWords: Readonly<Record<ColumnKind, string>> = {
  metrics: "Latest value of metric",
  minima: "Least value of metric",
  maxima: "Greatest value of metric",
  params: "Param",
  tags: "Tag",
};

/** As people read it: `Started`, `loss`, `min loss`. */
export function labelOf(column: string): string {
  const [kind, name] = splitColumn(column) ?? [];
  const before = kind === "minima" ? "min " : kind === "maxima" ? "max " : "";
  return builtIn[column]?.label ?? (name === undefined ? column : before + name);
}

/** `Least value of metric loss`: what a label alone does not say. */
export function describeColumn(column: string): string {
  const parts = splitColumn(column);
  return parts ? `${kindWords[parts[0]]} ${parts[1]}` : labelOf(column);
}

export function gridColumns(columns: readonly string[], request: TableRequest): GridColumn[] {
  return columns.flatMap((id, index): GridColumn[] => {
    const known = builtIn[id];
    const parts = splitColumn(id);
    const before = columns[index - 1];
    const isFirst = index > 0 && splitColumn(before ?? "")?.[0] !== parts?.[0];
    if (known && builtInColumns.includes(id)) return [{ id, isFirst, ...known }];
    if (!parts) return [];
    const [kind, name] = parts;
    const at = request.columns?.[kind]?.indexOf(name) ?? -1;
    const label = labelOf(id);
    const width = Math.min(220, Math.max(92, label.length * 7.4 + 36));
    return [
      {
        id,
        label,
        width: Math.round(width),
        isNumber: isNumeric(kind),
        isFirst,
        cell: (row) => <Value of={row[kind][at] ?? null} isMetric={isNumeric(kind)} />,
      },
    ];
  });
}

function Value({ of, isMetric }: { of: string | number | null; isMetric: boolean }) {
  if (of === null) return <span className="faint">–</span>;
  return isMetric ? <>{formatNumber(Number(of))}</> : <span title={String(of)}>{of}</span>;
}
