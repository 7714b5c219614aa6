// What the server knows of a sweep's trials.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { listTrials, trialSchema } from "../../../src/api/trials.ts";
import { call } from "./call.ts";

export type Trial = z.output<typeof trialSchema>;
type TrialsPage = z.output<typeof listTrials.response>;

export const trialsQuery = (sweep: string) =>
  queryOptions({
    queryKey: ["trials", sweep],
    queryFn: async ({ signal }) => {
      const trials: Trial[] = [];
      let after: number | null = -1;
      while (after !== null) {
        const page: TrialsPage = await call(`/jobs/${encodeURIComponent(sweep)}/trials`, {
          query: { after },
          signal,
        });
        trials.push(...page.trials);
        after = page.next;
      }
      return trials;
    },
  });
