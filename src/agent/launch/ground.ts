// The ground that an attempt's processes stand on: the machine itself, or containers. Whoever leads an attempt starts,
// finds and ends its processes through this and need not know which it is.
import type { LaunchMark } from "./launch-mark.ts";
import type { PlannedProcess } from "./plan-processes.ts";

export interface LaunchedProcess {
  name: string;
  isService: boolean;
  /** Where its wrapper writes how it ended. */
  file: string;
  /** Of the wrapper, or of the first process of its container, where this machine can see it. */
  pid: number | undefined;
  /** Set when somebody here will tell that it has ended; otherwise its pid has to be looked at. */
  ended?: Promise<ProcessExit>;
  /** `ended` tells of it alone, and at once: nothing else need be watched. */
  isOwnChild?: boolean;
  /** Why it could not be started. */
  failure?: string;
}

export interface ProcessExit {
  /** As a shell gives it; null when nobody knows. */
  code: number | null;
  /** Without a code: what became of it. */
  told?: string;
}

export interface Ground {
  /**
   * Starts them, or picks up what an earlier agent has started: each is started at most once, whoever tries. In the
   * order of the plans.
   */
  launch(plans: readonly PlannedProcess[], mark: LaunchMark): Promise<LaunchedProcess[]>;
  /**
   * TERM to every process of the attempt, KILL after the grace to those that are left, wherever they went; wrappers are
   * spared and write down how it ended. Returns how many were found, as far as it can be told, and which would not go.
   */
  end(
    launched: readonly LaunchedProcess[],
    mark: LaunchMark,
    graceMs: number,
  ): Promise<{ found: number; left: number[] }>;
  /** Once all has ended: nothing of it stays on the machine. Says whether memory ran out. May be called again. */
  clear(): Promise<{ sawOomKill: boolean }>;
}
