// Fetches curves: all that the charts of a moment ask for in one request, and of growing ones only what is new.
import { queryOptions } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type { readPlots } from "../../../../src/api/plots.ts";
import { call } from "../../api/call.ts";
import { listenToEvents } from "../../api/follow-events.ts";
import { gatherCalls } from "../../api/gather.ts";
import { tailOf, withTail } from "./curve.ts";
import type { Curve } from "./curve.ts";

type Wanted = z.input<typeof readPlots.body>;
export type Window = NonNullable<Wanted["window"]>;

/** About two a pixel of a chart's width. */
export const mostInGrid = 600;
export const mostInWide = 2000;

const mostInRequest = 200;

async function post(body: Wanted): Promise<Curve[]> {
  const plots: Curve[] = [];
  for (let at = 0; at < body.series.length; at += mostInRequest) {
    const series = body.series.slice(at, at + mostInRequest);
    const answer = await call<z.output<typeof readPlots.response>>("/runs/plots", {
      method: "POST",
      body: { ...body, series },
    });
    plots.push(...answer.plots);
  }
  return plots;
}

interface Series {
  run: string;
  name: string;
}

const idOf = ({ run, name }: Series): string => JSON.stringify([run, name]);

const byId = (plots: readonly Curve[]): Map<string, Curve> =>
  new Map(plots.map((plot) => [idOf(plot), plot]));

/** By how much and which part of a series they ask for. */
const fetchers = new Map<string, (series: Series) => Promise<Curve | undefined>>();

/** Charts that come into sight together share a request. */
function fetchCurve(series: Series, most: number, window?: Window): Promise<Curve | undefined> {
  const key = JSON.stringify([most, window]);
  let fetcher = fetchers.get(key);
  if (!fetcher) {
    fetcher = gatherCalls(
      async (wanted) => {
        fetchers.delete(key);
        const found = byId(await post({ series: [...wanted], most, ...(window && { window }) }));
        return (one) => found.get(idOf(one));
      },
      { most: mostInRequest, waitMs: 5 },
    );
    fetchers.set(key, fetcher);
  }
  return fetcher(series);
}

export const plotQuery = (run: string, name: string, most: number, window?: Window) =>
  queryOptions({
    queryKey: ["plot", run, name, most, window ?? null],
    queryFn: async () => (await fetchCurve({ run, name }, most, window)) ?? null,
    gcTime: 120_000,
  });

const againMs = 300;

/** While it is on, new points of these runs are put to the curves that are in sight. Returns how to stop. */
export function followPlots(queries: QueryClient, runs: ReadonlySet<string>): () => void {
  const changed: Changed = new Map();
  let isBusy = false;
  let isOver = false;
  const note = (run: string, names: Iterable<string>) => {
    const all = changed.get(run) ?? new Set();
    for (const name of names) all.add(name);
    changed.set(run, all);
  };
  const work = async () => {
    if (isBusy || isOver) return;
    isBusy = true;
    while (changed.size > 0) {
      const those = new Map(changed);
      changed.clear();
      const onTheirWay = await fetchTails(queries, those).catch(() => those);
      if (onTheirWay.size === 0) continue;
      // What is just being fetched may lack what is new; what failed is tried again.
      setTimeout(() => {
        for (const [run, names] of onTheirWay) note(run, names);
        void work();
      }, againMs);
    }
    isBusy = false;
  };
  // What came while nobody followed.
  for (const run of runs) note(run, [everyName]);
  void work();
  const stop = listenToEvents(({ run, body }) => {
    if (run === null || !runs.has(run) || body.kind !== "run.metrics") return;
    // The event names no more than a hundred.
    note(run, body.names.length >= 100 ? [everyName] : body.names);
    void work();
  });
  return () => {
    isOver = true;
    stop();
  };
}

const everyName = "*";

/** Names of series by their run. */
type Changed = Map<string, Set<string>>;

/** Returns those that are being fetched as a whole meanwhile. */
async function fetchTails(queries: QueryClient, changed: Changed): Promise<Changed> {
  const all = queries
    .getQueryCache()
    .findAll({ queryKey: ["plot"] })
    .filter(({ queryKey: [, run, name, , window] }) => {
      const names = window === null ? changed.get(run as string) : undefined;
      return names !== undefined && (names.has(everyName) || names.has(name as string));
    });
  const isOnItsWay = ({ state }: (typeof all)[number]) =>
    state.data == null && state.fetchStatus === "fetching";
  const isSeen = (query: (typeof all)[number]) => query.isActive() && query.state.data != null;
  const onTheirWay: Changed = new Map();
  for (const { queryKey } of all.filter(isOnItsWay)) {
    const run = queryKey[1] as string;
    onTheirWay.set(run, (onTheirWay.get(run) ?? new Set()).add(queryKey[2] as string));
  }
  // What is out of sight is fetched when it is in sight again; so is what had no points yet.
  for (const query of all) {
    if (!isOnItsWay(query) && !isSeen(query)) void queries.invalidateQueries({ queryKey: query.queryKey });
  }
  const seen = all.filter(isSeen);
  for (const [most, some] of Map.groupBy(seen, ({ queryKey }) => queryKey[3] as number)) {
    const series = some.map(({ queryKey, state }) => ({
      run: queryKey[1] as string,
      name: queryKey[2] as string,
      tail: tailOf(state.data as Curve),
    }));
    const tails = byId(await post({ series, most: 2 * most }));
    for (const { queryKey, state } of some) {
      const tail = tails.get(idOf({ run: queryKey[1] as string, name: queryKey[2] as string }));
      const curve = state.data as Curve | undefined;
      if (!tail || !curve) continue;
      const joined = withTail(curve, tail, most);
      if (joined) queries.setQueryData(queryKey, joined);
      else void queries.invalidateQueries({ queryKey });
    }
  }
  return onTheirWay;
}
