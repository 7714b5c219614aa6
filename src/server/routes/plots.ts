// Plots: series of numbers as charts show them.
import { toWireNumber } from "../../core/metric.ts";
import type { PlotBody } from "../../api/plots.ts";
import { readPlots } from "../../store/plots.ts";
import { findRun } from "../../store/runs.ts";
import type { Plot } from "../../store/plots.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { jobReaches } from "../http/run-reach.ts";

export function plotRoutes({ store }: ServerContext): SomeHandlers<"readPlots"> {
  return {
    async readPlots({ body: { series, most, window } }, { identity }) {
      const plots: PlotBody[] = [];
      for (const [id, own] of Map.groupBy(series, ({ run }) => run)) {
        const run = await findRun(store.db, id);
        const isReached = identity?.kind !== "job" || (await jobReaches(store.db, identity.run, id, "read"));
        if (!run || !isReached) continue;
        const wanted = own.map((one) => ({ ...one, most, window }));
        plots.push(...(await readPlots(store.db, run.seq, wanted)).map((plot) => show(id, plot)));
      }
      return { plots };
    },
  };
}

function show(run: string, { name, count, last, pointsPerStretch, stretches }: Plot): PlotBody {
  const isExact = pointsPerStretch === 1;
  const short = isExact ? (value: number | null) => value : shorten;
  return {
    run,
    name,
    count,
    last: toWireNumber(last),
    pointsPerStretch,
    index: stretches.map(({ index }) => index),
    step: stretches.map(({ step }) => step),
    at: stretches.map(({ at }) => at),
    mean: stretches.map(({ mean }) => short(mean)),
    ...(!isExact && {
      min: stretches.map(({ min }) => short(min)),
      max: stretches.map(({ max }) => short(max)),
    }),
  };
}

/** Nobody sees the eighth digit of a mean, but it is as long as the others. */
const shorten = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(7));
