// The jobs page: every run there is, as a table whose view is the address.
import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { workspaceQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatCount, plural } from "../../ui/format.ts";
import { SearchIcon } from "../../ui/icons.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { Trouble } from "../../ui/trouble.tsx";
import { gridColumns } from "./columns.tsx";
import type { Curves } from "./curves.tsx";
import { FirstVisit } from "./first-visit.tsx";
import { listItems } from "./items.ts";
import { useLiveRows } from "./live-rows.ts";
import { RunGrid } from "./run-grid.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { useSelection } from "./selection.ts";
import { childrenQuery, countQuery, experimentsQuery, keysQuery, tableQuery } from "./table-queries.ts";
import { Toolbar } from "./toolbar.tsx";
import { columnsOf, curveOf, defaultSort, isTree, requestOf, sortOf } from "./view.ts";
import type { JobsView, RunRow, Sort } from "./view.ts";
import "./jobs-page.css";

const route = getRouteApi("/");
const noKeys = { metrics: [], params: [], tags: [] };
const noExperiments: { name: string; runs: number }[] = [];

export function JobsPage() {
  const view = route.useSearch();
  const navigate = useNavigate({ from: "/" });
  const { data: keys = noKeys } = useQuery(keysQuery(view.experiment));
  const experiments = useQuery(experimentsQuery()).data?.experiments ?? noExperiments;
  const workspace = useQuery(workspaceQuery()).data;
  const columnIds = useMemo(() => columnsOf(view, keys), [view, keys]);
  const curve = curveOf(view, keys);
  const sort = sortOf(view);
  const names = experiments.map(({ name }) => name);
  const request = requestOf(view, columnIds, names);
  const sorts: Sort[] =
    view.group && sort.key !== "experiment" ? [{ key: "experiment", ascending: true }, sort] : [sort];

  const table = useInfiniteQuery(tableQuery(request));
  const count = useQuery(countQuery(request)).data?.runs;
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const curves = useRef<Curves>(undefined);
  useLiveRows({ request, sorts, onLogged: (runs) => curves.current?.forget(runs) });

  const tree = isTree(view);
  const parents = tree ? [...unfolded] : [];
  const children = useQueries({
    queries: parents.map((parent) => childrenQuery(request, parent)),
    combine: (answers) => new Map(answers.map(({ data }, index) => [parents[index]!, data?.rows])),
  });
  const pages = table.data?.pages;
  const folded = view.group && (view.folded ?? []);
  const items = useMemo(
    () => listItems({ pages: pages ?? [], children, folded }),
    [pages, children, JSON.stringify(folded)],
  );
  const rows = useMemo(() => items.flatMap((item) => (item.kind === "run" ? [item.row] : [])), [items]);
  const selection = useSelection(rows);

  const change = (changes: Partial<Record<keyof JobsView, unknown>>) =>
    void navigate({ search: (before) => withChanges(before, changes), replace: true, resetScroll: false });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = table;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage({ cancelRefetch: false });
  }, [isFetchingNextPage, fetchNextPage]);

  // The rows are drawn anew when these are others, and there are many rows.
  const requested = JSON.stringify(request.columns);
  const columns = useMemo(() => gridColumns(columnIds, request), [columnIds, requested]);
  const fold = useCallback((row: RunRow) => setUnfolded((before) => toggledIn(before, row.id)), []);

  const isEmpty = workspace?.runs === 0 && rows.length === 0;
  return (
    <div className="jobs">
      <PageHead
        title="Jobs"
        beside={
          <span className="jobs-count" role="status">
            {count !== undefined && !isEmpty && plural(count, "run")}
          </span>
        }
      />
      {isEmpty ? (
        <FirstVisit />
      ) : (
        <>
          <Toolbar
            view={view}
            columns={columnIds}
            curve={curve}
            keys={keys}
            experiments={experiments}
            onChange={change}
          />
          {table.error ? (
            <Trouble error={table.error} />
          ) : (
            <RunGrid
              items={items}
              columns={columns}
              curve={curve}
              sort={sort}
              total={count}
              sizes={new Map(experiments.map(({ name, runs }) => [name, runs]))}
              selection={selection}
              rows={rows}
              unfolded={unfolded}
              isTree={tree}
              hasMore={hasNextPage}
              onMore={more}
              onSort={(key) => change({ sort: nextSort(sort, key) })}
              onFold={fold}
              onFoldGroup={(name) => change({ folded: [...toggledIn(new Set(view.folded), name)] })}
              onCurves={(latest) => {
                curves.current = latest;
              }}
              empty={table.isPending ? null : <NothingFound onClear={() => change(everything)} />}
            />
          )}
          <SelectionBar selection={selection} />
        </>
      )}
      <p className="visually-hidden" role="status">
        {rows.length > 0 && `${formatCount(rows.length)} runs are loaded`}
      </p>
    </div>
  );
}

const everything = { filter: undefined, state: undefined, experiment: undefined, archived: undefined };

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchIcon />}
      title="No run is like that"
      actions={<Button onClick={onClear}>Show all runs</Button>}
    >
      <p>Nothing matches the filter, the states and the experiments that are chosen.</p>
    </EmptyState>
  );
}

/** Down, up, and then as at first. */
function nextSort(sort: Sort, key: string): string | undefined {
  if (sort.key !== key) return `${key} desc`;
  if (!sort.ascending) return `${key} asc`;
  return key === defaultSort.key ? `${key} desc` : undefined;
}

function toggledIn(set: ReadonlySet<string>, one: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
}

function withChanges(view: JobsView, changes: Partial<Record<keyof JobsView, unknown>>): JobsView {
  const next: Record<string, unknown> = { ...view, ...changes };
  for (const [key, value] of Object.entries(next)) if (value === undefined) delete next[key];
  return next;
}
