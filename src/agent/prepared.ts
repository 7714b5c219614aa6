// What preparing an attempt leads to: everything that starting its processes takes, kept on disk.
import { z } from "zod";

const plannedProcessSchema = z.object({
  /** `main`, or `rank_0`, `worker_0` and so on. */
  name: z.string(),
  /** For `bash -c`. */
  command: z.string(),
  /** Below the attempt's logs folder. */
  logFile: z.string(),
  variables: z.record(z.string(), z.string()),
});
export type PlannedProcess = z.infer<typeof plannedProcessSchema>;

export const preparedSchema = z.object({
  processes: z.array(plannedProcessSchema).min(1),
  namedOutputs: z.array(z.string()),
  /** What the environment turned out to be, in a few words. */
  environment: z.string(),
});
export type Prepared = z.infer<typeof preparedSchema>;
