import assert from "node:assert/strict";
import { test } from "node:test";
import {
  endReasons,
  finalStateOf,
  finalStates,
  isFinal,
  jobStates,
  legalMoves,
  mayMove,
  statesBefore,
  type JobState,
} from "./job.ts";

test("nothing leaves a final state", () => {
  for (const state of finalStates) assert.deepEqual(legalMoves[state], [], state);
});

test("every other state leads to a final one", () => {
  for (const state of jobStates) {
    const reached = new Set<JobState>([state]);
    for (const from of reached) for (const to of legalMoves[from]) reached.add(to);

    assert.ok([...reached].some(isFinal), state);
  }
});

test("every state but Paused can be reached from the start", () => {
  const reached = new Set<JobState>(["NotStarted"]);
  for (const from of reached) for (const to of legalMoves[from]) reached.add(to);

  assert.deepEqual(
    jobStates.filter((state) => !reached.has(state)),
    ["Paused"],
  );
});

test("a job can be asked to cancel in each state before Finalizing, and not from there on", () => {
  for (const state of ["Starting", "Provisioning", "Preparing", "Queued", "Running"] as const) {
    assert.ok(mayMove(state, "CancelRequested"), state);
  }
  for (const state of ["Finalizing", "CancelRequested", ...finalStates] as const) {
    assert.ok(!mayMove(state, "CancelRequested"), state);
  }
});

test("a cancel never ends in the job running on", () => {
  assert.deepEqual([...legalMoves.CancelRequested].sort(), [...finalStates].sort());
});

test("a retry goes back to Queued from wherever an attempt may end", () => {
  for (const state of ["Preparing", "Running", "Finalizing"] as const)
    assert.ok(mayMove(state, "Queued"), state);
});

test("the states before a state are those that may move there", () => {
  for (const to of jobStates) {
    for (const from of jobStates)
      assert.equal(statesBefore(to).includes(from), legalMoves[from].includes(to));
  }
});

test("each end reason has one final state, and only a clean exit completes", () => {
  for (const reason of endReasons) assert.ok(isFinal(finalStateOf[reason]), reason);
  assert.deepEqual(
    endReasons.filter((reason) => finalStateOf[reason] === "Completed"),
    ["succeeded"],
  );
  assert.equal(finalStateOf["time-limit"], "Canceled");
});
