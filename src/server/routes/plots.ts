// Plots: series of numbers as charts show them.
import { toWireNumber } from "../../core/metric.ts";
import type { PlotBody } from "../../api/plots.ts";
import { readPlots } from "../../store/plots.ts";
import type { Plot } from "../../store/plots.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { runNamed } from "./runs.ts";

export function plotRoutes({ store }: ServerContext): SomeHandlers<"readPlots"> {
  return {
    async readPlots({ params, body: { series, most, window } }) {
      const run = await runNamed(store.db, params.run);
      const wanted = series.map((one) => ({ ...one, most, window }));
      return { plots: (await readPlots(store.db, run.seq, wanted)).map(show) };
    },
  };
}

function show({ name, count, last, pointsPerStretch, stretches }: Plot): PlotBody {
  const isExact = pointsPerStretch === 1;
  const short = isExact ? (value: number | null) => value : shorten;
  return {
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
