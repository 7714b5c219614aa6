// When an attempt's first process was started, by every clock there is: written before it, safe against a power cut.
import { join } from "node:path";
import { z } from "zod";
import type { AttemptFolder } from "../attempt/attempt-folder.ts";
import type { Prepared } from "../attempt/prepared.ts";
import { preparedSchema } from "../attempt/prepared.ts";
import { readState, syncFolder, writeDurableState } from "../node/state-file.ts";
import { readBootId, readOomKills, readPidMark, readTicks } from "../processes/process-table.ts";

const launchedSchema = z.object({
  at: z.int(),
  bootId: z.string().optional(),
  oomKills: z.number().optional(),
  /** By the kernel's clock; belongs to the boot id. */
  ticks: z.number().default(0),
  pids: z.object({ lastPid: z.int(), forks: z.int() }).optional(),
  /** What was started, for an agent that goes on with it. */
  prepared: preparedSchema,
});
export type LaunchMark = z.infer<typeof launchedSchema>;

export const readLaunchMark = (folder: AttemptFolder): Promise<LaunchMark | undefined> =>
  readState(folder.launched, launchedSchema);

/**
 * Written before the first process and safe against a power cut: an agent that finds it with another boot id
 * knows that processes ran and are gone, and does not run them a second time.
 */
export async function markLaunch(folder: AttemptFolder, prepared: Prepared, at: number): Promise<LaunchMark> {
  const known = await readLaunchMark(folder);
  if (known) return known;
  const mark: LaunchMark = { at, ticks: readTicks(), prepared };
  const bootId = readBootId();
  const oomKills = readOomKills();
  const pids = readPidMark();
  if (bootId !== undefined) mark.bootId = bootId;
  if (pids !== undefined) mark.pids = pids;
  if (oomKills !== undefined) mark.oomKills = oomKills;
  await writeDurableState(folder.launched, mark);
  await syncFolder(join(folder.root, ".."));
  return mark;
}

/** Since then the machine has restarted: whatever ran is gone. */
export const isOtherBoot = ({ bootId }: LaunchMark): boolean =>
  bootId !== undefined && bootId !== readBootId();
