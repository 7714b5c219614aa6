// The trials of a sweep.
import { toWireNumber } from "../../core/metric.ts";
import { Refused } from "../../core/refused.ts";
import { findJob } from "../../store/jobs.ts";
import { readStandings, readTrials } from "../../store/trials.ts";
import type { SomeHandlers } from "../http/app.ts";
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
      const open = page.filter(({ state }) => state === null).map(({ run }) => run);
      const standings = await readStandings(store.db, open, job.spec.sweep.objective);
      return {
        trials: page.map(
          ({ number, run, parameters, jobState, state, score, values, startedAt, endedAt }) => {
            const latest = values.at(-1) ?? standings.get(run)?.latest;
            return {
              number,
              run,
              parameters,
              state: jobState,
              outcome: state,
              score: standings.get(run)?.score ?? score,
              latest: latest === undefined ? null : toWireNumber(latest),
              values: values.map(toWireNumber),
              startedAt,
              endedAt,
            };
          },
        ),
        next: rows.length > page.length ? page.at(-1)!.number : null,
      };
    },
  };
}
