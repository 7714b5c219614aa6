// Keeps the table as the workspace is: of each run that an event is about its row is read anew and put in its place.
import { useQueryClient } from "@tanstack/react-query";
import type { InfiniteData } from "@tanstack/react-query";
import { useEffect } from "react";
import { listenToEvents } from "../../api/follow-events.ts";
import { collectMissedRuns, takeMissedRuns } from "./missed-runs.ts";
import { placeRows } from "./place-rows.ts";
import { countQuery, readTable, tableQuery } from "./table-queries.ts";
import type { TablePage } from "./table-queries.ts";
import type { Sort, TableRequest } from "./view.ts";

const gatherMs = 200;
const mostAtOnce = 500;

interface Live {
  request: TableRequest;
  sorts: readonly Sort[];
  /** Runs that logged something: their small curves are old. */
  onLogged: (runs: ReadonlySet<string>) => void;
}

export function useLiveRows({ request, sorts, onLogged }: Live): void {
  const queries = useQueryClient();
  const key = JSON.stringify([request, sorts]);
  useEffect(() => {
    const missed = takeMissedRuns();
    const touched = new Set(missed);
    const logged = new Set(missed);
    const parents = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hasNewKeys = missed.length > 0;
    let hasNewRuns = missed.length > 0;

    const refresh = async () => {
      timer = undefined;
      const asked = new Set([...touched].slice(0, mostAtOnce));
      for (const run of asked) touched.delete(run);
      if (touched.size > 0) timer = setTimeout(() => void refresh(), gatherMs);
      if (logged.size > 0) onLogged(new Set(logged));
      logged.clear();
      if (hasNewKeys) void queries.invalidateQueries({ queryKey: ["run-keys"] });
      if (hasNewRuns) void queries.invalidateQueries({ queryKey: ["experiments"] });
      hasNewKeys = false;
      hasNewRuns = false;
      for (const parent of parents) asked.add(parent);
      const { queryKey } = tableQuery(request);
      // Other views are not patched, so they are fetched when they are wanted again.
      queries.removeQueries({ queryKey: ["table"], type: "inactive" });
      // Children stand in lists of their own.
      void queries.invalidateQueries({
        queryKey: ["table-children"],
        predicate: ({ queryKey: [, parent], state }) =>
          parents.has(parent as string) ||
          (state.data as TablePage | undefined)?.rows.some(({ id }) => asked.has(id)) === true,
      });
      parents.clear();
      const { rows } = await readTable({ ...request, runs: [...asked], limit: mostAtOnce });
      const before = shownIn(queries.getQueryData<InfiniteData<TablePage>>(queryKey), asked);
      queries.setQueryData<InfiniteData<TablePage>>(
        queryKey,
        (shown) => shown && { ...shown, pages: [...placeRows(shown.pages, { rows, asked }, sorts, request)] },
      );
      if (before !== rows.length) {
        void queries.invalidateQueries({ queryKey: countQuery(request).queryKey });
      }
    };
    const wait = () => {
      timer ??= setTimeout(() => void refresh().catch(() => {}), gatherMs);
    };
    if (touched.size > 0) wait();

    const stop = listenToEvents(({ run, body }) => {
      if (run === null) return;
      switch (body.kind) {
        case "run.created":
          hasNewRuns = true;
          if (body.parent !== undefined) parents.add(body.parent);
          break;
        case "run.metrics":
          logged.add(run);
          hasNewKeys ||= isNew(
            queries.getQueriesData<Keys>({ queryKey: ["run-keys"] }),
            "metrics",
            body.names,
          );
          break;
        case "run.params":
          hasNewKeys ||= isNew(queries.getQueriesData<Keys>({ queryKey: ["run-keys"] }), "params", body.keys);
          break;
        case "job.state":
        case "run.changed":
          break;
        default:
          return;
      }
      touched.add(run);
      wait();
    });
    return () => {
      stop();
      clearTimeout(timer);
      collectMissedRuns(touched);
    };
    // The key says all that the request and the sorts say.
  }, [key, queries]);
}

type Keys = Record<"metrics" | "params", string[]>;

const isNew = (
  lists: readonly [unknown, Keys | undefined][],
  kind: "metrics" | "params",
  names: readonly string[],
): boolean => lists.some(([, keys]) => keys && names.some((name) => !keys[kind].includes(name)));

const shownIn = (shown: InfiniteData<TablePage> | undefined, asked: ReadonlySet<string>): number =>
  shown?.pages.reduce((sum, { rows }) => sum + rows.filter(({ id }) => asked.has(id)).length, 0) ?? 0;
