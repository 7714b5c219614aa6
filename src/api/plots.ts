// Plots: series of numbers as charts show them, whatever their length.
import { z } from "zod";
import { endpoint } from "./endpoint.ts";

const index = z.int().min(0);
const numbers = z.array(z.number().nullable());

export const plotSchema = z
  .object({
    run: z.string(),
    name: z.string(),
    count: index.meta({ description: "Points of the whole series." }),
    last: z
      .union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])
      .meta({ description: "The value of the latest point." }),
    pointsPerStretch: z.int().meta({ description: "1: the points themselves. Always a power of two." }),
    index: z.array(z.int()).meta({ description: "Of the first point of each stretch." }),
    step: z
      .array(z.number())
      .meta({ description: "The greatest step of each; a point without one has its index." }),
    at: z.array(z.int()).meta({ description: "The latest time of each, in milliseconds." }),
    mean: numbers.meta({ description: "Null where no point is a finite number." }),
    min: numbers.optional().meta({ description: "Absent where the points themselves are given." }),
    max: numbers.optional(),
  })
  .meta({ id: "Plot" });
export type PlotBody = z.infer<typeof plotSchema>;

export const readPlots = endpoint({
  method: "POST",
  path: "/api/v1/runs/plots",
  access: "job",
  summary: "Read series of numbers of any runs for charts: at most so many stretches of points each",
  description:
    "Of each stretch the least, greatest and mean value, so that no extreme is lost. A million points cost no more than a thousand. Names under which no numbers were logged are left out, and so are runs that there are not, and those that a job's token does not reach.",
  body: z.object({
    most: z.int().min(2).max(10_000).default(800).meta({ description: "Stretches of each series." }),
    window: z
      .object({ axis: z.enum(["step", "at"]), from: z.number(), to: z.number() })
      .optional()
      .meta({ description: "Only this part of the axis, and its neighbors." }),
    series: z
      .array(
        z.object({
          run: z.string(),
          name: z.string(),
          tail: z
            .object({
              pointsPerStretch: z
                .int()
                .min(1)
                .max(1 << 30),
              from: index,
            })
            .refine(({ pointsPerStretch }) => Number.isInteger(Math.log2(pointsPerStretch)), {
              message: "pointsPerStretch as an earlier answer said it: a power of two",
            })
            .optional()
            .meta({ description: "What came since: from the index of the last stretch that is known." }),
        }),
      )
      .min(1)
      .max(1000),
  }),
  response: z.object({ plots: z.array(plotSchema) }),
});
