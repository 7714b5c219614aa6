// Says on stderr which phase a job is in, why, and for how long: a line a change, and a live line on terminals.
import type { EventBody } from "../../core/event.ts";
import { isFinal } from "../../core/job.ts";
import type { JobState } from "../../core/job.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Io } from "../io.ts";
import { formatDuration } from "../print/job.ts";
import { sweepBar } from "./sweep-bar.ts";

export interface PhaseLines {
  moved(change: Extract<EventBody, { kind: "job.state" }>, at: number): "new attempt" | "same attempt";
  /** Draws the live line over and over until the signal aborts. */
  animate(signal: AbortSignal): Promise<void>;
}

/** How often a sweep's progress is a line of its own where there is no terminal to draw it on. */
const progressEveryMs = 2000;

export function createPhaseLines(io: Io, clock: Clock, createdAt: number): PhaseLines {
  let phase: { state: JobState; reason: string; attempt: number; at: number } | undefined;
  let nextProgressAt = 0;

  const draw = () => {
    const bar = phase?.state === "Running" ? sweepBar(phase.reason) : undefined;
    if (bar !== undefined) return io.status(bar);
    // While the user's code runs, its own output is the news.
    if (!phase || phase.state === "Running" || isFinal(phase.state)) return io.status(undefined);
    const since = formatDuration(Math.max(0, clock.now() - phase.at));
    io.status(`${phase.state} for ${since}${phase.reason === "" ? "" : `: ${phase.reason}`}`);
  };

  return {
    moved({ state, reason, attempt }, at) {
      const before = phase;
      if (before?.state === state && before.reason === reason && before.attempt === attempt)
        return "same attempt";
      phase = { state, reason, attempt, at };
      if (before?.state === state && sweepBar(reason) !== undefined && (io.live || at < nextProgressAt)) {
        draw();
        return "same attempt";
      }
      nextProgressAt = at + progressEveryMs;
      const elapsed = formatDuration(Math.max(0, at - createdAt)).padStart(8);
      const again = attempt > 1 ? ` (attempt ${attempt})` : "";
      io.note(`[${elapsed}] ${state}${again}${reason === "" ? "" : `: ${reason}`}`);
      draw();
      return before && before.attempt >= 1 && attempt > before.attempt ? "new attempt" : "same attempt";
    },
    async animate(signal) {
      if (!io.live) return;
      while (!signal.aborted) {
        await clock.sleep(1000, signal);
        if (!signal.aborted) draw();
      }
      io.status(undefined);
    },
  };
}
