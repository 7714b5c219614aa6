// What one import carries with it: where it reads, where it writes, what it was told, and what went wrong so far.
import type { Link } from "../connect/link.ts";
import { Refused } from "../../core/refused.ts";
import type { RestClient } from "./rest-client.ts";
import type { SourceHashes } from "./source-hashes.ts";
import { BrokenSource } from "./source.ts";
import type { Fault, Source, SourceExperiment, SourceRegisteredModel } from "./source.ts";

export interface ImportChoices {
  /** Empty: all. */
  experiments: readonly string[];
  experimentPrefix: string;
  includeDeleted: boolean;
  artifacts: boolean;
  jobs: number;
}

export interface Tally {
  runs: number;
  /** Runs that were not here before, and runs of which something was sent. */
  newRuns: number;
  changedRuns: number;
  points: number;
  files: number;
  bytes: number;
  models: number;
  versions: number;
}

export interface Session {
  source: Source;
  link: Link;
  /** MLflow's interface of our own server. */
  wire: RestClient;
  choices: ImportChoices;
  signal: AbortSignal;
  hashes: SourceHashes;
  faults: Fault[];
  sent: Tally;
  /** What could not be taken over at all; it is said once, and not compared. */
  refused: Set<SourceExperiment | SourceRegisteredModel>;
  /** What runs of the source are called here. */
  runIds: Map<string, string>;
  onProgress: () => void;
}

export const newTally = (): Tally => ({
  runs: 0,
  newRuns: 0,
  changedRuns: 0,
  points: 0,
  files: 0,
  bytes: 0,
  models: 0,
  versions: 0,
});

/** The same experiment of the same store has this name for good, wherever the store lies and however it is read. */
export const originOf = (source: Source, experiment: SourceExperiment): string =>
  `${experiment.id}@${experiment.createdAt ?? source.address}`;

export function addFault(faults: Fault[], what: string, error: unknown): void {
  const todo = error instanceof BrokenSource ? error.todo : error instanceof Refused ? error.hint : undefined;
  const why = error instanceof Error ? error.message : String(error);
  faults.push({ what, why: error instanceof Error && error.name === "ZodError" ? brief(why) : why, todo });
}

const brief = (why: string): string =>
  `the server's answer is not what MLflow's interface says: ${why.replaceAll(/\s+/g, " ").slice(0, 300)}`;

/** Does `act` for each, so many at once. One that fails is told and the others go on; an interruption ends all. */
export async function forEachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal,
  act: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < items.length && !signal.aborted) await act(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  signal.throwIfAborted();
}
