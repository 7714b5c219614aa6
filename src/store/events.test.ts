import assert from "node:assert/strict";
import { test } from "node:test";
import { addJob, openMemoryStore } from "../../test/support/memory-store.ts";
import { lastSeq, readEvents, readJobEvents, recordEvent } from "./events.ts";
import { explainJob, moveJob } from "./jobs.ts";

test("Events come in the order in which they were written, whatever their times say", async () => {
  const store = await openMemoryStore();
  const times = [50, 10, 90, 10];
  await Promise.all(
    times.map((at, index) =>
      store.write((tx) => recordEvent(tx, at, `run-${index}`, { kind: "run.changed", fields: [] })),
    ),
  );

  const events = await readEvents(store.db, { after: 0, limit: 10 });

  assert.deepEqual(
    events.map((event) => event.at),
    times,
  );
  const seqs = events.map((event) => event.seq);
  assert.deepEqual(
    seqs.toSorted((a, b) => a - b),
    seqs,
  );
  assert.equal(new Set(seqs).size, 4);
  assert.equal(await lastSeq(store.db), seqs.at(-1));
  await store.close();
});

test("Reading after a number goes on from there, of one run or of all", async () => {
  const store = await openMemoryStore();
  for (let index = 0; index < 6; index++) {
    await store.write((tx) =>
      recordEvent(tx, index, index % 2 === 0 ? "even" : "odd", { kind: "run.params", keys: [`${index}`] }),
    );
  }
  const all = await readEvents(store.db, { after: 0, limit: 100 });

  const rest = await readEvents(store.db, { after: all[2]!.seq, limit: 2 });
  const odd = await readEvents(store.db, { after: all[1]!.seq, run: "odd", limit: 100 });

  assert.deepEqual(rest, all.slice(3, 5));
  assert.deepEqual(odd, [all[3], all[5]]);
  await store.close();
});

test("A number is not given again after an undone write", async () => {
  const store = await openMemoryStore();
  const write = (fails: boolean) =>
    store.write(async (tx) => {
      await recordEvent(tx, 1, null, { kind: "run.changed", fields: [] });
      if (fails) throw new Error("undone");
    });
  await write(false);
  await write(true).catch(() => {});
  await write(false);

  const events = await readEvents(store.db, { after: 0, limit: 10 });

  assert.equal(events.length, 2);
  assert.ok(events[1]!.seq > events[0]!.seq);
  await store.close();
});

test("A job's changes of state are found among its other events", async () => {
  const store = await openMemoryStore();
  await addJob(store, "a");
  for (const to of ["Preparing", "Queued"] as const) {
    await store.write((tx) => moveJob(tx, "a", { to, reason: to, attempt: 1, at: 2000 }));
  }
  await addJob(store, "b");

  const found = await readJobEvents(store.db, ["a", "b", "nobody"]);

  const states = (run: string) =>
    found.get(run)?.map(({ body }) => (body.kind === "job.state" ? body.state : body.kind));
  assert.deepEqual(states("a"), ["Starting", "Preparing", "Queued"]);
  assert.deepEqual(states("b"), ["Starting"]);
  assert.equal(found.has("nobody"), false);
  await store.close();
});

test("Of many reasons for one state only the first and the last are found", async () => {
  const store = await openMemoryStore();
  await addJob(store, "a");
  const say = (reason: string, attempt: number) =>
    store.write((tx) => explainJob(tx, "a", { to: "Preparing", reason, attempt, at: 2000 }));
  await store.write((tx) => moveJob(tx, "a", { to: "Preparing", reason: "1", attempt: 1, at: 2000 }));
  for (const reason of ["2", "3", "4"]) await say(reason, 1);
  await say("again", 2);

  const found = (await readJobEvents(store.db, ["a"])).get("a")!;

  assert.deepEqual(
    found.map(({ body }) => body.kind === "job.state" && [body.reason, body.attempt]).slice(1),
    [
      ["1", 1],
      ["4", 1],
      ["again", 2],
    ],
  );
  await store.close();
});
