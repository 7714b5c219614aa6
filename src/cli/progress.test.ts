import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../lib/clock.ts";
import { systemClock } from "../lib/clock.ts";
import type { Io } from "./io.ts";
import { createIo } from "./io.ts";
import { startProgress } from "./progress.ts";

/** What was noted and shown, with a clock that is moved by hand. */
function aTerminal(live: boolean) {
  const lines: string[] = [];
  let nowMs = 0;
  const clock: Clock = { ...systemClock, elapsed: () => nowMs };
  const say = (line: string | undefined) => void lines.push(line ?? "(cleared)");
  const io: Io = {
    ...createIo(process.stdout, process.stderr, { quiet: true, verbose: false }),
    live,
    note: say,
    status: (line) => (live ? say(line) : undefined),
  };
  return { lines, io, clock, wait: (ms: number) => void (nowMs += ms) };
}

test("on a terminal a bar shows bytes, files, rate and time left, and goes at the end", () => {
  const { lines, io, clock, wait } = aTerminal(true);
  const progress = startProgress("Uploading samples", { io, clock });

  wait(10_000);
  progress.update(500_000_000, 2_000_000_000, { files: 5000, totalFiles: 20_000 });
  progress.update(500_000_001, 2_000_000_000, { files: 5000, totalFiles: 20_000 });
  progress.end();

  assert.deepEqual(lines, [
    "Uploading samples  ██████░░░░░░░░░░░░░░░░░░  500.0 MB of 2.0 GB, 5,000 of 20,000 files, 50.0 MB/s, 30 s left",
    "(cleared)",
  ]);
});

test("elsewhere a plain line comes every five seconds, and none for what is quick", () => {
  const { lines, io, clock, wait } = aTerminal(false);
  const progress = startProgress("Reading samples", { io, clock });

  for (let second = 1; second <= 11; second++) {
    wait(1000);
    progress.update(second * 1_000_000, 3_600_000_000);
  }
  progress.end();

  assert.deepEqual(lines, [
    "Reading samples: 5.0 MB of 3.6 GB, 1.0 MB/s, 60 min left",
    "Reading samples: 10.0 MB of 3.6 GB, 1.0 MB/s, 60 min left",
  ]);
});
