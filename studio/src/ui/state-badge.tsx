// The state of a job or run: a shape, a colour and a word, so that none of them has to be told apart alone.
import type { ReactNode } from "react";
import type { JobState } from "../../../src/core/job.ts";
import "./badge.css";

export type Tone = "good" | "bad" | "busy" | "wait" | "quiet";

const tones: Readonly<Record<JobState, Tone>> = {
  NotStarted: "quiet",
  Starting: "wait",
  Provisioning: "wait",
  Preparing: "wait",
  Queued: "wait",
  Running: "busy",
  Finalizing: "busy",
  CancelRequested: "quiet",
  Completed: "good",
  Failed: "bad",
  Canceled: "quiet",
  NotResponding: "bad",
  Paused: "quiet",
};

export const toneOf = (state: string): Tone => tones[state as JobState] ?? "quiet";

/** `CancelRequested` → `Cancel requested`. */
export const wordsOf = (state: string): string =>
  state.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);

const shapes: Readonly<Record<Tone, ReactNode>> = {
  good: <path d="m4.6 8.3 2.3 2.3 4.5-5" />,
  bad: <path d="m5.4 5.4 5.2 5.2M10.6 5.4l-5.2 5.2" />,
  busy: <path className="spin" d="M8 3.2A4.8 4.8 0 0 1 12.8 8" />,
  wait: <path d="M8 5v3.2l2 1.3" />,
  quiet: <path d="M5.5 8h5" />,
};

export function StateIcon({ state, size = 16 }: { state: string; size?: number }) {
  const tone = toneOf(state);
  return (
    <svg
      className={`state-icon tone-${tone}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <circle className="state-ring" cx="8" cy="8" r="6.2" />
      {shapes[tone]}
    </svg>
  );
}

export function StateBadge({ state }: { state: string }) {
  return (
    <span className={`state-badge tone-${toneOf(state)}`}>
      <StateIcon state={state} />
      {wordsOf(state)}
    </span>
  );
}

/** A short word in a box: a kind, a stage, a count. */
export function Badge({ tone = "quiet", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge tone-${tone}`}>{children}</span>;
}
