import assert from "node:assert/strict";
import { test } from "node:test";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import type { Io } from "../io.ts";
import { createPhaseLines } from "./phase-lines.ts";
import { sweepBar } from "./sweep-bar.ts";

test("a sweep's progress is a bar with its own words", () => {
  assert.equal(
    sweepBar("5 of 20 trials ended, 1 failed, best loss 0.5 in trial 3"),
    "[#####...............] 5 of 20 trials ended, 1 failed, best loss 0.5 in trial 3",
  );
  assert.equal(sweepBar("20 of 20 trials ended"), `[${"#".repeat(20)}] 20 of 20 trials ended`);
  assert.equal(sweepBar("its trials begin"), undefined);
});

function follow(live: boolean) {
  const notes: string[] = [];
  const lines: (string | undefined)[] = [];
  const io: Pick<Io, "live" | "note" | "status"> = {
    live,
    note: (line) => void notes.push(line),
    status: (line) => void lines.push(line),
  };
  const phases = createPhaseLines(io as Io, createFakeClock(), 0);
  const moved = (reason: string, at: number) =>
    phases.moved({ kind: "job.state", state: "Running", reason, attempt: 0 }, at);
  moved("its trials begin", 1000);
  for (let ended = 0; ended < 100; ended++) moved(`${ended} of 100 trials ended`, 1000 + ended * 100);
  return { notes, lines };
}

test("on a terminal it is drawn in place, and is no line of its own", () => {
  const { notes, lines } = follow(true);

  assert.deepEqual(notes, ["[   1.0 s] Running: its trials begin"]);
  assert.match(lines.at(-1)!, /^\[#{20}\] 99 of 100 trials ended/);
});

test("elsewhere a line is written now and then", () => {
  const { notes } = follow(false);

  assert.ok(notes.length > 2 && notes.length < 10, `${notes.length} lines`);
  assert.match(notes.at(-1)!, /trials ended$/);
});
