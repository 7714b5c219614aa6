// The next steps of a sweep: which trials to begin, to stop, and when it has ended. Pure, so that a restart is no event.
import type { FinalState } from "../core/job.ts";
import type { Parameters, Sweep, Trial } from "../core/sweep.ts";
import type { Sampler } from "./sampler.ts";
import type { Stopper } from "./stopper.ts";

export interface SweepFacts {
  sweep: Sweep;
  sampler: Sampler;
  stopper: Stopper | undefined;
  /** Its own trials by number: all where the sampler or the stopper wants them, else those that are open. */
  trials: readonly SweepTrial[];
  /** Of all its trials. */
  tally: TrialTally;
  /** How many trials may be open at once. */
  mostOpen: number;
  /** Of the sweeps that it goes on from; numbered below 0. */
  earlier: readonly Trial[];
  /** Where the sampler's count begins: how many an earlier sweep of the same sampling took. */
  firstProposal: number;
  /** Canceled by a person. */
  canceling: boolean;
  /** How long it has run, ms. */
  runForMs: number;
}

export interface TrialTally {
  total: number;
  completed: number;
  stopped: number;
  failed: number;
  canceled: number;
}

export interface SweepTrial extends Trial {
  /** It has been asked to stop. */
  stopping: boolean;
  /** How many of its values have been judged. */
  judged: number;
}

export interface SweepSteps {
  begin: { number: number; parameters: Parameters }[];
  /** By number of the trial. */
  stop: { number: number; why: string }[];
  /** Number of the trial → how many of its values are judged now. */
  judged: Map<number, number>;
  /** Every trial that is open is to be canceled, for this reason. */
  cancelOpen?: string;
  end?: { state: FinalState; reason: string };
}

/** More in one turn would keep others waiting. */
const mostBegunAtOnce = 100;
/** So many failures and no success: the next would fail as well. */
const hopelessAfter = 10;

export const isOpen = ({ state }: Trial): boolean => state === "waiting" || state === "running";

export function advanceSweep(facts: SweepFacts): SweepSteps {
  const steps: SweepSteps = { begin: [], stop: [], judged: new Map() };
  const open = facts.trials.filter(isOpen);
  const over = whyOver(facts);
  if (over !== undefined) {
    if (open.some((trial) => !trial.stopping)) steps.cancelOpen = over.reason;
    if (open.length === 0) steps.end = over;
    return steps;
  }
  judge(facts, open, steps);
  propose(facts, open, steps);
  if (open.length === 0 && steps.begin.length === 0) steps.end = howEnded(facts);
  return steps;
}

/** The reason to begin nothing more, with the state that it leads to. */
function whyOver(facts: SweepFacts): { state: FinalState; reason: string } | undefined {
  const { tally } = facts;
  const { limits } = facts.sweep;
  if (facts.canceling) return { state: "Canceled", reason: "canceled on request" };
  if (limits.timeoutSeconds !== undefined && facts.runForMs >= limits.timeoutSeconds * 1000) {
    const reason = `it reached its time limit of ${limits.timeoutSeconds} seconds with ${tally.total} of ${limits.maxTotalTrials} trials begun`;
    return { state: hasResults(tally) ? "Completed" : "Canceled", reason };
  }
  const { failed } = tally;
  const hopeless = Math.max(hopelessAfter, limits.maxConcurrentTrials);
  if (failed >= hopeless && failed < limits.maxTotalTrials && !hasResults(tally)) {
    return { state: "Failed", reason: `the first ${count(failed)} all failed, so no more are begun` };
  }
  return undefined;
}

const hasResults = (tally: TrialTally): boolean => tally.completed + tally.stopped > 0;

/** Each value is judged once, as it was when it was the newest of its trial. */
function judge({ stopper, trials }: SweepFacts, open: readonly SweepTrial[], steps: SweepSteps): void {
  if (!stopper) return;
  for (const trial of open) {
    if (trial.stopping || trial.values.length <= trial.judged) continue;
    let seen = trial.judged;
    while (seen < trial.values.length) {
      seen++;
      const asItWas = { ...trial, values: trial.values.slice(0, seen) };
      const others = trials.map((other) => (other.number === trial.number ? asItWas : other));
      const verdict = stopper.shouldStop(asItWas, others);
      if (!verdict.stop) continue;
      steps.stop.push({ number: trial.number, why: verdict.why });
      break;
    }
    steps.judged.set(trial.number, seen);
  }
}

function propose(facts: SweepFacts, open: readonly SweepTrial[], steps: SweepSteps): void {
  const { limits, first = [] } = facts.sweep;
  const next = facts.tally.total;
  const room = Math.min(facts.mostOpen - open.length, limits.maxTotalTrials - next, mostBegunAtOnce);
  const known: Trial[] = [...facts.earlier, ...facts.trials];
  for (let number = next; number < next + room; number++) {
    const parameters =
      first[number]?.parameters ?? facts.sampler.propose(known, facts.firstProposal + number - first.length);
    if (!parameters) return;
    steps.begin.push({ number, parameters });
    known.push({ number, parameters, state: "waiting", values: [] });
  }
}

function howEnded({ tally }: SweepFacts): { state: FinalState; reason: string } {
  const parts = (["completed", "stopped", "failed", "canceled"] as const)
    .filter((state) => tally[state] > 0)
    .map((state) => `${tally[state]} ${state === "stopped" ? "stopped early" : state}`);
  const reason = `${count(tally.total)}: ${parts.join(", ") || "the search space is empty"}`;
  if (hasResults(tally)) return { state: "Completed", reason };
  return { state: tally.failed > 0 ? "Failed" : "Canceled", reason };
}

const count = (trials: number): string => `${trials} ${trials === 1 ? "trial" : "trials"}`;

/** The best value that a trial logged; undefined when it logged none that is a number. */
export function scoreOf(values: readonly number[], goal: "minimize" | "maximize"): number | undefined {
  let best: number | undefined;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (best === undefined || (goal === "minimize" ? value < best : value > best)) best = value;
  }
  return best;
}
