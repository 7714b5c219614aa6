// The trials with their parameters: sorted by any column, those that early termination ended are marked.
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Trial } from "../../api/sweep-queries.ts";
import { formatNumber } from "../../ui/format.ts";
import { ArrowDownIcon, ArrowUpIcon } from "../../ui/icons.tsx";
import { Badge, StateBadge } from "../../ui/state-badge.tsx";
import { Table } from "../../ui/table.tsx";
import { Duration } from "../../ui/time.tsx";
import type { Value } from "./axis.ts";
import { byScore } from "./points.ts";
import type { Goal } from "./points.ts";

interface TrialTableProps {
  trials: readonly Trial[];
  names: readonly string[];
  metric: string;
  goal: Goal;
}

interface Sort {
  by: string;
  isDown: boolean;
}

export function TrialTable({ trials, names, metric, goal }: TrialTableProps) {
  const [sort, setSort] = useState<Sort>({ by: "score", isDown: false });
  const rows = useMemo(() => sorted(trials, sort, goal), [trials, sort, goal]);
  const head = (by: string, label: string) => (
    <SortButton sort={sort} by={by} onSort={setSort}>
      {label}
    </SortButton>
  );
  return (
    <Table
      label="Trials"
      rows={rows.slice(0, mostRows)}
      keyOf={({ run }) => run}
      empty={<p className="sweep-none">No trial lies in all the chosen parts.</p>}
      columns={[
        {
          id: "number",
          head: head("number", "Trial"),
          cell: ({ run, number }) => (
            <Link to="/runs/$run" params={{ run }}>
              {number}
            </Link>
          ),
        },
        {
          id: "state",
          head: head("state", "State"),
          cell: ({ state, outcome }) =>
            outcome === "stopped" ? <Badge tone="wait">Stopped early</Badge> : <StateBadge state={state} />,
        },
        {
          id: "score",
          head: head("score", metric),
          isNumber: true,
          cell: ({ score }) => (score === null ? "–" : formatNumber(score)),
        },
        {
          id: "latest",
          head: head("latest", "Latest"),
          isNumber: true,
          cell: ({ latest }) => (latest === null ? "–" : formatNumber(Number(latest))),
        },
        ...names.map((name) => ({
          id: `parameter ${name}`,
          head: head(`parameter ${name}`, name),
          isNumber: trials.every(({ parameters }) => typeof (parameters[name] ?? 0) === "number"),
          cell: ({ parameters }: Trial) => textOf(parameters[name]),
        })),
        {
          id: "logged",
          head: head("logged", "Logged"),
          isNumber: true,
          cell: ({ values }) => (values.length === 0 ? "–" : values.length),
        },
        {
          id: "took",
          head: head("took", "Took"),
          isNumber: true,
          cell: ({ startedAt, endedAt }) =>
            startedAt === null ? "–" : <Duration from={startedAt} to={endedAt} />,
        },
      ]}
    />
  );
}

/** So many rows are drawn at most: the best ones, or the first by another order. */
export const mostRows = 500;

const textOf = (value: Value | undefined): string =>
  value === undefined ? "–" : typeof value === "number" ? formatNumber(value) : String(value);

function SortButton({
  sort,
  by,
  onSort,
  children,
}: {
  sort: Sort;
  by: string;
  onSort: (sort: Sort) => void;
  children: string;
}) {
  const isOn = sort.by === by;
  const order = sort.isDown ? "descending" : "ascending";
  return (
    <button
      type="button"
      className="sort-button"
      aria-label={
        isOn
          ? `${children}, sorted ${by === "score" ? (sort.isDown ? "worst first" : "best first") : order}`
          : `Sort by ${children}`
      }
      onClick={() => onSort({ by, isDown: isOn && !sort.isDown })}
    >
      {children}
      {isOn && (sort.isDown ? <ArrowDownIcon size={12} /> : <ArrowUpIcon size={12} />)}
    </button>
  );
}

function sorted(trials: readonly Trial[], { by, isDown }: Sort, goal: Goal): Trial[] {
  const sign = isDown ? -1 : 1;
  if (by === "score") {
    const compare = byScore(goal);
    // Without a score they come last either way.
    return trials.toSorted((a, b) =>
      a.score === null || b.score === null ? compare(a, b) || a.number - b.number : sign * compare(a, b),
    );
  }
  return trials.toSorted((a, b) => sign * compareValues(keyOf(a, by), keyOf(b, by)) || a.number - b.number);
}

function keyOf(trial: Trial, by: string): Value | undefined {
  if (by.startsWith("parameter ")) return trial.parameters[by.slice("parameter ".length)];
  if (by === "took")
    return trial.startedAt === null ? undefined : (trial.endedAt ?? Infinity) - trial.startedAt;
  if (by === "state") return trial.outcome ?? trial.state;
  if (by === "latest") return trial.latest === null ? undefined : Number(trial.latest);
  if (by === "logged") return trial.values.length;
  return trial.number;
}

function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a - b;
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
