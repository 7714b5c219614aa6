import assert from "node:assert/strict";
import { test } from "node:test";
import { addJob, openMemoryStore } from "../../test/support/memory-store.ts";
import { aNewJob, aSpec, onCompute } from "../../test/support/specs.ts";
import { isFinal, jobStates, mayMove } from "../core/job.ts";
import type { JobState } from "../core/job.ts";
import { readEvents } from "./events.ts";
import {
  addNote,
  explainJob,
  findJob,
  insertJob,
  jobsOnTarget,
  moveJob,
  queryJobs,
  readNotes,
} from "./jobs.ts";
import type { Store } from "./store.ts";

const move = (store: Store, run: string, to: JobState, at = 5000) =>
  store.write((tx) => moveJob(tx, run, { to, reason: `now ${to}`, attempt: 1, at }));

const stateEvents = async (store: Store, run: string) =>
  (await readEvents(store.db, { after: 0, run, limit: 100 })).flatMap(({ body }) =>
    body.kind === "job.state" ? [[body.state, body.reason, body.attempt]] : [],
  );

test("A new job is Starting, with its spec, labels and first events, in one write", async () => {
  const store = await openMemoryStore();
  const spec = aSpec({ name: "a", tags: { team: "x" }, properties: { origin: "y" } });

  assert.equal(await store.write((tx) => insertJob(tx, aNewJob("a", { spec }))), true);

  const job = await findJob(store.db, "a");
  assert.equal(job?.state, "Starting");
  assert.equal(job.reason, "accepted");
  assert.deepEqual(job.spec, spec);
  const kinds = (await readEvents(store.db, { after: 0, limit: 10 })).map((event) => event.body.kind);
  assert.deepEqual(kinds, ["run.created", "job.state"]);
  await store.close();
});

test("A name that is taken is answered with false, and the first job stays as it was", async () => {
  const store = await openMemoryStore();
  await addJob(store, "a", { changes: { displayName: "first" } });

  const results = await Promise.all(
    [1, 2, 3].map(() => store.write((tx) => insertJob(tx, aNewJob("a", { displayName: "second" })))),
  );

  assert.deepEqual(results, [false, false, false]);
  assert.equal((await findJob(store.db, "a"))?.displayName, "first");
  await store.close();
});

test("Jobs are numbered from one within their experiment", async () => {
  const store = await openMemoryStore();
  for (const [id, experimentName] of [
    ["a", "one"],
    ["b", "two"],
    ["c", "one"],
  ] as const) {
    await addJob(store, id, { changes: { experimentName } });
  }

  const jobs = await queryJobs(store.db, { limit: 10, archived: "include" });
  assert.deepEqual(
    jobs.map((job) => [job.run, job.experimentName, job.number]),
    [
      ["c", "one", 2],
      ["b", "two", 1],
      ["a", "one", 1],
    ],
  );
  await store.close();
});

test("A job moves exactly where core's table allows it, and a refused move changes nothing", async () => {
  const store = await openMemoryStore();
  // Nothing leads to these from Starting: jobs are put there by hand.
  const reachable = (state: JobState) => state !== "NotStarted" && state !== "Paused";
  let tried = 0;
  for (const from of jobStates) {
    for (const to of jobStates) {
      const run = `${from}-${to}`;
      await addJob(store, run, reachable(from) ? { state: from } : {});
      if (!reachable(from)) {
        await store.write((tx) =>
          tx.updateTable("runs").set({ state: from }).where("id", "=", run).execute(),
        );
      }
      const before = await findJob(store.db, run);
      const eventsBefore = await stateEvents(store, run);

      const moved = await move(store, run, to);

      assert.equal(moved, mayMove(from, to), `${from} to ${to}`);
      const after = await findJob(store.db, run);
      if (moved) {
        assert.equal(after?.state, to);
        assert.equal(after.reason, `now ${to}`);
        assert.equal(after.stateSince, 5000);
        assert.equal(after.endedAt, isFinal(to) ? 5000 : null);
        assert.deepEqual((await stateEvents(store, run)).at(-1), [to, `now ${to}`, 1]);
      } else {
        assert.deepEqual(after, before, `${from} to ${to} was refused`);
        assert.deepEqual(await stateEvents(store, run), eventsBefore);
      }
      tried++;
    }
  }
  assert.equal(tried, jobStates.length ** 2);
  await store.close();
});

test("A final state is reached once, however many try at the same time", async () => {
  const store = await openMemoryStore();
  await addJob(store, "a", { state: "Running" });

  const results = await Promise.all([
    move(store, "a", "Completed"),
    move(store, "a", "Failed"),
    move(store, "a", "Canceled"),
  ]);

  assert.equal(results.filter(Boolean).length, 1);
  await store.close();
});

test("A job's start is when it first ran, also after it went back to the queue", async () => {
  const store = await openMemoryStore();
  await addJob(store, "a", { state: "Queued" });

  await move(store, "a", "Running", 3000);
  await move(store, "a", "Queued", 4000);
  await move(store, "a", "Running", 5000);

  assert.equal((await findJob(store.db, "a"))?.startedAt, 3000);
  await store.close();
});

test("Moving a job that does not exist is answered with false", async () => {
  const store = await openMemoryStore();

  assert.equal(await move(store, "nobody", "Running"), false);

  await store.close();
});

test("A new reason for the present state is told; an old one, or one for another state, is not", async () => {
  const store = await openMemoryStore();
  await addJob(store, "a", { state: "Queued" });
  const explain = (to: JobState, reason: string) =>
    store.write((tx) => explainJob(tx, "a", { to, reason, attempt: 1, at: 9000 }));

  assert.equal(await explain("Queued", "2 ahead"), true);
  assert.equal(await explain("Queued", "2 ahead"), false);
  assert.equal(await explain("Running", "wrong state"), false);
  assert.equal(await explain("Queued", "1 ahead"), true);

  const job = await findJob(store.db, "a");
  assert.equal(job?.reason, "1 ahead");
  assert.equal(job.stateSince, 2000, "the state is no newer for it");
  assert.deepEqual((await stateEvents(store, "a")).slice(-2), [
    ["Queued", "2 ahead", 1],
    ["Queued", "1 ahead", 1],
  ]);
  await store.close();
});

test("The same note is kept once a run, in the order they came", async () => {
  const store = await openMemoryStore();
  for (const message of ["first", "second", "first"]) {
    await store.write((tx) => addNote(tx, "a", { level: "warning", message }, 1));
  }
  await store.write((tx) => addNote(tx, "b", { level: "info", message: "first" }, 1));

  const notes = await readNotes(store.db, ["a", "b"]);

  assert.deepEqual(
    notes.get("a")?.map((note) => note.message),
    ["first", "second"],
  );
  assert.equal(notes.get("b")?.length, 1);
  assert.equal((await readEvents(store.db, { after: 0, run: "a", limit: 10 })).length, 2);
  await store.close();
});

test("Jobs on a target are those that have not ended", async () => {
  const store = await openMemoryStore();
  const there = { spec: aSpec(onCompute("gpu")) };
  await addJob(store, "ended", { state: "Completed", changes: there });
  await addJob(store, "running", { state: "Running", changes: there });
  await addJob(store, "elsewhere", { state: "Running" });

  assert.deepEqual(await jobsOnTarget(store.db, "gpu", ["Completed", "Failed", "Canceled"]), ["running"]);
  await store.close();
});
