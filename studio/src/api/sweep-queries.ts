// What the server knows of a sweep's trials.
import { queryOptions } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type { listTrials, trialSchema } from "../../../src/api/trials.ts";
import { call } from "./call.ts";
import { listenToEvents } from "./follow-events.ts";

export type Trial = z.output<typeof trialSchema>;
type TrialsPage = z.output<typeof listTrials.response>;

export const trialsQuery = (sweep: string) =>
  queryOptions({
    queryKey: ["trials", sweep],
    queryFn: ({ signal }) => readTrials(sweep, -1, signal),
  });

async function readTrials(sweep: string, from: number, signal?: AbortSignal): Promise<Trial[]> {
  const trials: Trial[] = [];
  let after: number | null = from;
  while (after !== null) {
    const page: TrialsPage = await call(`/jobs/${encodeURIComponent(sweep)}/trials`, {
      query: { after },
      signal,
    });
    trials.push(...page.trials);
    after = page.next;
  }
  return trials;
}

const gatherMs = 500;

/** While it is on, trials that go on show their values as they are logged. Returns how to stop. */
export function followTrials(queries: QueryClient, sweep: string, metric: string): () => void {
  const { queryKey } = trialsQuery(sweep);
  const firstOpen = (trials: readonly Trial[]) => trials.find(({ outcome }) => outcome === null)?.number;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = async () => {
    const from = firstOpen(queries.getQueryData(queryKey) ?? []);
    if (from !== undefined) {
      const fresh = await readTrials(sweep, from - 1);
      queries.setQueryData(queryKey, (known) => known && [...known.slice(0, from), ...fresh]);
    }
    timer = undefined;
  };
  const stop = listenToEvents(({ run, body }) => {
    if (timer !== undefined || body.kind !== "run.metrics") return;
    // The event names no more than a hundred.
    if (!body.names.includes(metric) && body.names.length < 100) return;
    const known = queries.getQueryData(queryKey);
    if (!known?.some((trial) => trial.run === run && trial.outcome === null)) return;
    // What fails is asked again with the next value.
    timer = setTimeout(() => void refresh().catch(() => (timer = undefined)), gatherMs);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
