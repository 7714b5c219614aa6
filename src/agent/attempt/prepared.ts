// What preparing an attempt leads to: everything that starting its processes takes. Kept with the launch.
import { z } from "zod";
import { containerPlanSchema } from "./container-plan.ts";

const preparedNodeSchema = z.object({
  /** For `bash -c`. */
  command: z.string(),
  /** What all processes of the node have in common. */
  variables: z.record(z.string(), z.string()),
});

export const preparedSchema = z.object({
  /** In order of rank. */
  nodes: z.array(preparedNodeSchema).min(1),
  /** What the environment turned out to be, in a few words. */
  environment: z.string(),
  /** The same exactly: what is kept with the run. */
  lock: z.string(),
  /** The program that starts the ranks of an MPI job. */
  mpirun: z.string().optional(),
  /** Set when the processes run in containers, one a node. */
  container: containerPlanSchema.optional(),
});
export type Prepared = z.infer<typeof preparedSchema>;
