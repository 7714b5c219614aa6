// Points that many callers log at once. Those that wait for the same commit are stored together, run by run: a run that
// 32 processes log to is looked up, brought up to date and announced once.
import { appendCalls } from "./append-points.ts";
import type { NamedPoint } from "./append-points.ts";
import { recordEvent } from "./events.ts";
import { prepared } from "./prepared.ts";
import type { Db, Store } from "./store.ts";

/** What became of a call. Unless it was stored, nothing of it was. */
export type LogOutcome =
  | { kind: "stored" }
  | { kind: "no-run" }
  | { kind: "deleted-run" }
  | { kind: "no-series-of-numbers"; name: string };

/** Resolves when the points are durable; points that are there already are not stored again. */
export type LogPoints = (run: string, points: readonly NamedPoint[], at: number) => Promise<LogOutcome>;

interface Call {
  run: string;
  points: readonly NamedPoint[];
  at: number;
  resolve(outcome: LogOutcome): void;
  reject(error: unknown): void;
}

/** What is stored in one go; others get their turn in between. */
const mostPoints = 20_000;

export function createPointLog(write: Store["write"]): LogPoints {
  const waiting: Call[] = [];
  let isAsked = false;

  function take(): Call[] {
    let points = 0;
    const end = waiting.findIndex((call) => (points += call.points.length) >= mostPoints);
    const taken = waiting.splice(0, end < 0 ? waiting.length : end + 1);
    isAsked = false;
    if (waiting.length > 0) ask();
    return taken;
  }

  function ask(): void {
    isAsked = true;
    let calls: Call[] | undefined;
    write((tx) => storeCalls(tx, (calls = take()))).then(
      (outcomes) => calls!.forEach((call, index) => call.resolve(outcomes[index]!)),
      (error: unknown) => (calls ?? take()).forEach((call) => call.reject(error)),
    );
  }

  return (run, points, at) =>
    new Promise((resolve, reject) => {
      waiting.push({ run, points, at, resolve, reject });
      if (!isAsked) ask();
    });
}

const runNamed = prepared<{ seq: number; archived: number }>("select seq, archived from runs where id = ?");

async function storeCalls(tx: Db, calls: readonly Call[]): Promise<LogOutcome[]> {
  const outcomes = new Map<Call, LogOutcome>();
  for (const [id, some] of Map.groupBy(calls, ({ run }) => run)) {
    const [run] = await runNamed(tx, id);
    const refused: LogOutcome | undefined = !run
      ? { kind: "no-run" }
      : run.archived === 1
        ? { kind: "deleted-run" }
        : undefined;
    const wrong = refused
      ? []
      : await appendCalls(
          tx,
          run!.seq,
          some.map(({ points }) => points),
        );
    for (const [index, call] of some.entries()) {
      const name = wrong[index];
      const stored: LogOutcome =
        name === undefined ? { kind: "stored" } : { kind: "no-series-of-numbers", name };
      outcomes.set(call, refused ?? stored);
    }
    await announce(
      tx,
      id,
      some.filter((call) => outcomes.get(call)!.kind === "stored"),
    );
  }
  return calls.map((call) => outcomes.get(call)!);
}

/** One event for all that a run logged. */
async function announce(tx: Db, run: string, calls: readonly Call[]): Promise<void> {
  const names = new Set<string>();
  let points = 0;
  for (const call of calls) {
    points += call.points.length;
    for (const { key } of call.points) if (names.size < 100) names.add(key);
  }
  if (points === 0) return;
  await recordEvent(tx, calls.at(-1)!.at, run, { kind: "run.metrics", names: [...names], points });
}
