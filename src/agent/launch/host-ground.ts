// Processes on the machine itself: sessions of their own, known by the attempt's nonce.
import type { Attempt } from "../attempt/attempt.ts";
import { endProcesses } from "../processes/end-processes.ts";
import type { Ground, LaunchedProcess } from "./ground.ts";
import { launchProcess } from "./start-process.ts";

export const createHostGround = (attempt: Attempt): Ground => ({
  async launch(plans, mark) {
    const launched: LaunchedProcess[] = [];
    for (const plan of plans) launched.push(await launchProcess(attempt, plan, mark));
    return launched;
  },
  end: (launched, mark, graceMs) =>
    endProcesses({
      nonce: attempt.nonce,
      wrappers: launched.flatMap((one) => one.pid ?? []),
      since: mark,
      graceMs,
      clock: attempt.clock,
      signal: attempt.signal,
    }),
  clear: async () => ({ sawOomKill: false }),
});
