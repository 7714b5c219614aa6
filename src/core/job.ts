// A job's life in three tables: the states, the legal moves, and the end reason → final state.
//
//            ┌────────────────────── CancelRequested ◄── any state before Finalizing
//            │                              │
//  Starting ─► Preparing ─► Queued ─► Running ─► Finalizing ─► Completed | Failed | Canceled
//                  └──────────┴──────────┴── (end reason) ──────────┘
//
// Names as in the Azure ML service of 2021, so that scripts which compare them go on working.

export const jobStates = [
  "NotStarted",
  "Starting",
  "Provisioning",
  "Preparing",
  "Queued",
  "Running",
  "Finalizing",
  "CancelRequested",
  "Completed",
  "Failed",
  "Canceled",
  "NotResponding",
  "Paused",
] as const;
export type JobState = (typeof jobStates)[number];

export const finalStates = ["Completed", "Failed", "Canceled"] as const satisfies readonly JobState[];
export type FinalState = (typeof finalStates)[number];

export const isFinal = (state: JobState): state is FinalState =>
  (finalStates as readonly JobState[]).includes(state);

/** Where a state may go. A retry goes back to Queued: the attempt is new, the job is the same. */
export const legalMoves: Readonly<Record<JobState, readonly JobState[]>> = {
  NotStarted: ["Starting"],
  // A sweep has nothing to prepare: it runs from the start.
  Starting: ["Provisioning", "Preparing", "Queued", "Running", "CancelRequested", "Failed", "Canceled"],
  Provisioning: ["Preparing", "Queued", "CancelRequested", "Failed", "Canceled"],
  Preparing: ["Queued", "Running", "Finalizing", "CancelRequested", "Failed", "Canceled"],
  Queued: ["Preparing", "Running", "Finalizing", "CancelRequested", "Failed", "Canceled"],
  Running: ["Queued", "Finalizing", "CancelRequested", "Completed", "Failed", "Canceled", "NotResponding"],
  Finalizing: ["Queued", "Completed", "Failed", "Canceled"],
  CancelRequested: ["Completed", "Failed", "Canceled"],
  NotResponding: ["Running", "Finalizing", "CancelRequested", "Completed", "Failed", "Canceled"],
  Paused: ["Queued", "CancelRequested", "Canceled"],
  Completed: [],
  Failed: [],
  Canceled: [],
};

export const mayMove = (from: JobState, to: JobState): boolean => legalMoves[from].includes(to);

/** The states from which `to` may be reached: the WHERE of the guarded UPDATE. */
export const statesBefore = (to: JobState): JobState[] => jobStates.filter((from) => mayMove(from, to));

/** Why an attempt ended. Each reason has exactly one final state. */
export const finalStateOf = {
  succeeded: "Completed",
  "exited-nonzero": "Failed",
  "killed-by-signal": "Failed",
  "out-of-memory": "Failed",
  "environment-failed": "Failed",
  "staging-failed": "Failed",
  "launch-failed": "Failed",
  "process-vanished": "Failed",
  "node-lost": "Failed",
  preempted: "Failed",
  canceled: "Canceled",
  "time-limit": "Canceled",
  "early-termination": "Canceled",
} as const satisfies Record<string, FinalState>;
export type EndReason = keyof typeof finalStateOf;
export const endReasons = Object.keys(finalStateOf) as EndReason[];

/** What stops an attempt from outside. */
export const stopReasons = [
  "canceled",
  "time-limit",
  "early-termination",
  "preempted",
] as const satisfies EndReason[];
export type StopReason = (typeof stopReasons)[number];

/** The steps that an agent reports while it works on an attempt, in order. */
export const attemptPhases = ["Preparing", "Queued", "Running", "Finalizing"] as const;
export type AttemptPhase = (typeof attemptPhases)[number];

/** The error of a failed run, in the layout that Azure ML's clients read. */
export interface RunError {
  error: {
    /** UserError, SystemError, or what the script gave `run.fail()` as its code. */
    code: string;
    severity: null;
    message: string;
    target: string | null;
    details: { message: string }[];
    /** Null when the process ended well and had said that it failed. */
    innerError: { code: EndReason } | null;
  };
  correlation: { run: string; attempt: string };
  environment: string;
  location: string;
  /** ISO 8601, UTC. */
  time: string;
}
