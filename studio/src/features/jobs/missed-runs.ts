// Which runs changed while no table was shown: whoever comes back to it finds it as the workspace is.
import { listenToEvents } from "../../api/follow-events.ts";

const missed = new Set<string>();
let stop: (() => void) | undefined;

/** From the fetch of the first rows on, and whenever a table goes: with those that it has not read yet. */
export function collectMissedRuns(unread: Iterable<string> = []): void {
  for (const run of unread) missed.add(run);
  stop ??= listenToEvents(({ run }) => {
    if (run !== null) missed.add(run);
  });
}

/** Those so far; from now on the caller listens itself. */
export function takeMissedRuns(): string[] {
  stop?.();
  stop = undefined;
  const runs = [...missed];
  missed.clear();
  return runs;
}
