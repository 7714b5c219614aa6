// Fetches curves: all that the charts of a moment ask for in one request, and of growing ones only what is new.
import { queryOptions } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type { readPlots } from "../../../../src/api/plots.ts";
import { call } from "../../api/call.ts";
import { listenToEvents } from "../../api/follow-events.ts";
import { runPath } from "../../api/paths.ts";
import { tailOf, withTail } from "./curve.ts";
import type { Curve } from "./curve.ts";

type Wanted = z.input<typeof readPlots.body>;
export type Window = NonNullable<Wanted["window"]>;

/** About two a pixel of a chart's width. */
export const mostInGrid = 600;
export const mostInWide = 2000;

const post = (run: string, body: Wanted) =>
  call<z.output<typeof readPlots.response>>(`${runPath(run)}/plots`, { method: "POST", body });

interface Waiting {
  run: string;
  most: number;
  window: Window | undefined;
  names: Map<string, ((curve: Curve | null) => void)[]>;
  reject: ((error: unknown) => void)[];
}

const waiting = new Map<string, Waiting>();
const mostInRequest = 200;

/** Charts that come into sight together share a request. */
function fetchCurve(run: string, name: string, most: number, window?: Window): Promise<Curve | null> {
  const key = JSON.stringify([run, most, window]);
  let group = waiting.get(key);
  if (!group) {
    group = { run, most, window, names: new Map(), reject: [] };
    waiting.set(key, group);
    setTimeout(() => {
      waiting.delete(key);
      void send(group!);
    }, 5);
  }
  const { names, reject } = group;
  return new Promise((resolve, fail) => {
    names.set(name, [...(names.get(name) ?? []), resolve]);
    reject.push(fail);
  });
}

async function send({ run, most, window, names, reject }: Waiting): Promise<void> {
  try {
    const all = [...names.keys()];
    for (let at = 0; at < all.length; at += mostInRequest) {
      const some = all.slice(at, at + mostInRequest);
      const series = some.map((name) => ({ name }));
      const { plots } = await post(run, { series, most, ...(window && { window }) });
      const found = new Map(plots.map((plot) => [plot.name, plot]));
      for (const name of some) for (const resolve of names.get(name)!) resolve(found.get(name) ?? null);
    }
  } catch (error) {
    for (const fail of reject) fail(error);
  }
}

export const plotQuery = (run: string, name: string, most: number, window?: Window) =>
  queryOptions({
    queryKey: ["plot", run, name, most, window ?? null],
    queryFn: () => fetchCurve(run, name, most, window),
    gcTime: 120_000,
  });

const againMs = 300;

/** While it is on, new points of these runs are put to the curves that are in sight. Returns how to stop. */
export function followPlots(queries: QueryClient, runs: ReadonlySet<string>): () => void {
  const changed = new Map<string, Set<string>>();
  let isBusy = false;
  let isOver = false;
  const note = (run: string, names: readonly string[]) => {
    const all = changed.get(run) ?? new Set();
    for (const name of names) all.add(name);
    changed.set(run, all);
  };
  const work = async () => {
    if (isBusy || isOver) return;
    isBusy = true;
    for (let next = changed.entries().next(); !next.done; next = changed.entries().next()) {
      const [run, names] = next.value;
      changed.delete(run);
      const onTheirWay = await fetchTails(queries, run, names).catch(() => [...names]);
      if (onTheirWay.length === 0) continue;
      // What is just being fetched may lack what is new; what failed is tried again.
      setTimeout(() => {
        note(run, onTheirWay);
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

/** Returns the names of those that are being fetched as a whole meanwhile. */
async function fetchTails(queries: QueryClient, run: string, names: ReadonlySet<string>): Promise<string[]> {
  const concerns = (name: unknown) => names.has(everyName) || names.has(name as string);
  const all = queries
    .getQueryCache()
    .findAll({ queryKey: ["plot", run] })
    .filter(({ queryKey: [, , name, , window] }) => window === null && concerns(name));
  const onTheirWay = all.filter(({ state }) => state.data == null && state.fetchStatus === "fetching");
  // What is out of sight is fetched when it is in sight again; so is what had no points yet.
  for (const query of all) {
    if (onTheirWay.includes(query) || (query.isActive() && query.state.data != null)) continue;
    void queries.invalidateQueries({ queryKey: query.queryKey });
  }
  const seen = all.filter((query) => query.isActive() && query.state.data != null);
  for (const most of new Set(seen.map(({ queryKey }) => queryKey[3] as number))) {
    const some = seen.filter(({ queryKey }) => queryKey[3] === most);
    const series = some.map(({ queryKey, state }) => ({
      name: queryKey[2] as string,
      tail: tailOf(state.data as Curve),
    }));
    if (series.length === 0) continue;
    const { plots } = await post(run, { series, most: 2 * most });
    for (const plot of plots) {
      const query = some.find(({ queryKey }) => queryKey[2] === plot.name);
      const curve = query?.state.data as Curve | undefined;
      if (!query || !curve) continue;
      const joined = withTail(curve, plot, most);
      if (joined) queries.setQueryData(query.queryKey, joined);
      else void queries.invalidateQueries({ queryKey: query.queryKey });
    }
  }
  return onTheirWay.map(({ queryKey }) => queryKey[2] as string);
}
