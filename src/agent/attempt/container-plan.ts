// What an attempt's containers have in common: made while it is prepared, kept on disk, used when its processes start.
import { z } from "zod";

export const containerPlanSchema = z.object({
  /** Of the engine. */
  address: z.string(),
  /** By content. */
  image: z.string(),
  /** As people know it. */
  imageName: z.string(),
  user: z.string(),
  /** Set when that is not the agent's own user: whose the files are to be afterwards. */
  ownUser: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  hostname: z.string().optional(),
  /** The engine's own HostConfig. */
  hostConfig: z.record(z.string(), z.unknown()),
});
export type ContainerPlan = z.infer<typeof containerPlanSchema>;
