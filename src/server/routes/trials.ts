// The trials of a sweep.
import { Refused } from "../../core/refused.ts";
import { findJob } from "../../store/jobs.ts";
import { readTrials } from "../../store/sweeps.ts";
import type { SomeHandlers } from "../app.ts";
import type { ServerContext } from "../context.ts";

export function trialRoutes({ store }: ServerContext): SomeHandlers<"listTrials"> {
  return {
    async listTrials({ params, query }) {
      const job = await findJob(store.db, params.run);
      if (!job)
        throw new Refused(
          "not-found",
          `there is no job named ${params.run}`,
          "trainyard job list shows the latest ones",
        );
      if (!job.spec.sweep) throw new Refused("wrong-state", `${params.run} is no sweep, so it has no trials`);
      const rows = await readTrials(store.db, params.run, { after: query.after, limit: query.limit + 1 });
      const page = rows.slice(0, query.limit);
      return {
        trials: page.map(
          ({ number, run, parameters, jobState, state, score, values, startedAt, endedAt }) => ({
            number,
            run,
            parameters,
            state: jobState,
            outcome: state,
            score,
            values: values.map(onTheWire),
            startedAt,
            endedAt,
          }),
        ),
        next: rows.length > page.length ? page.at(-1)!.number : null,
      };
    },
  };
}

/** JSON has no such numbers. */
const onTheWire = (value: number): number | "NaN" | "Infinity" | "-Infinity" =>
  Number.isFinite(value) ? value : (String(value) as "NaN");
