import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { recordEvent } from "./events.ts";
import { ensureExperiment } from "./experiments.ts";
import { compiled, prepared } from "./prepared.ts";
import type { Store } from "./store.ts";

const note = (store: Store, message: string) =>
  store.write((tx) => recordEvent(tx, 1, message, { kind: "job.note", level: "info", message }));

const runsInEvents = async (store: Store) =>
  (await store.db.selectFrom("events").select("run_id").orderBy("seq").execute()).map((row) => row.run_id);

test("Writes that wait together share one commit: none is answered before all have run", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(await openMemoryStore(), (one) => one.close());
  const order: string[] = [];

  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await store.write(async (tx) => {
        await recordEvent(tx, 1, null, { kind: "job.note", level: "info", message: `${index}` });
        order.push("ran");
      });
      order.push("answered");
    }),
  );

  assert.equal(order.indexOf("answered"), 50);
});

test("A failing act undoes only itself, and the others of its group are kept in order", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(await openMemoryStore(), (one) => one.close());

  const outcomes = await Promise.allSettled([
    note(store, "a"),
    store.write(async (tx) => {
      await recordEvent(tx, 1, "undone", { kind: "run.changed", fields: [] });
      throw new Error("no");
    }),
    note(store, "b"),
  ]);

  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(await runsInEvents(store), ["a", "b"]);
});

test("What an act throws reaches its own caller, whatever it is, and what it returns too", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(await openMemoryStore(), (one) => one.close());
  const thrown = { not: "an error" };

  const results = await Promise.allSettled([
    store.write(async () => 7),
    store.write(() => Promise.reject(thrown)),
    store.write(() => Promise.reject(undefined as unknown)),
    store.write(async () => undefined),
  ]);

  assert.deepEqual(results, [
    { status: "fulfilled", value: 7 },
    { status: "rejected", reason: thrown },
    { status: "rejected", reason: undefined },
    { status: "fulfilled", value: undefined },
  ]);
});

test("A statement that the database refuses fails its own act only", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(await openMemoryStore(), (one) => one.close());
  const addNode = (compute: string) =>
    store.write((tx) =>
      tx
        .insertInto("nodes")
        .values({ name: `${compute}-0`, compute, run_id: null, since: 1 })
        .execute(),
    );

  const [refused, kept] = await Promise.allSettled([addNode("nowhere"), note(store, "kept")]);

  assert.equal(refused.status, "rejected");
  assert.match(String(refused.status === "rejected" && refused.reason), /FOREIGN KEY/);
  assert.equal(kept.status, "fulfilled");
  assert.deepEqual(await runsInEvents(store), ["kept"]);
});

test("A write sees what earlier writes of its group have written", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(await openMemoryStore(), (one) => one.close());

  const [, seen] = await Promise.all([
    note(store, "first"),
    store.write((tx) => tx.selectFrom("events").select("run_id").execute()),
  ]);

  assert.deepEqual(
    seen.map((row) => row.run_id),
    ["first"],
  );
});

test("Far more writes than one group holds are all kept, in the order of asking", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.adopt(await openMemoryStore(), (one) => one.close());
  const names = Array.from({ length: 1234 }, (_, index) => `w${index}`);

  await Promise.all(names.map((name) => note(store, name)));

  assert.deepEqual(await runsInEvents(store), names);
});

test("Closing waits for the writes that were asked for, and for those they lead to", async () => {
  const store = await openMemoryStore();
  const done: string[] = [];

  const chain = note(store, "first").then(async () => {
    done.push("first");
    await note(store, "second");
    done.push("second");
  });
  await store.close();
  await chain;

  assert.deepEqual(done, ["first", "second"]);
});

test("A write after closing is refused instead of waiting for ever", async () => {
  const store = await openMemoryStore();
  await store.close();

  await assert.rejects(note(store, "late"));
});

test("A query whose text is made once takes other values each time", async () => {
  const store = await openMemoryStore();
  const makes: string[] = [];
  const named = compiled((db, { name, limit }: { name: string; limit: number }) => {
    makes.push("made");
    return db.selectFrom("experiments").select("name").where("name", "<>", name).limit(limit);
  });
  await store.write(async (tx) => {
    for (const name of ["a", "b", "c"]) await ensureExperiment(tx, name, 1);
  });

  const namesOf = async (name: string, limit: number) =>
    (await named(store.db, { name, limit })).map((row) => row.name);
  assert.deepEqual(await namesOf("a", 9), ["b", "c"]);
  assert.deepEqual(await namesOf("b", 1), ["a"]);
  assert.deepEqual(makes, ["made"]);
  await store.close();
});

test("Who reads while a transaction is under way sees nothing of it before it is committed", async () => {
  const store = await openMemoryStore();
  const names = prepared<{ name: string }>("select name from experiments");
  const reads: Promise<{ name: string }[]>[] = [];
  const written = store.write(async (tx) => {
    await ensureExperiment(tx, "a", 1);
    reads.push(names(store.db));
    await ensureExperiment(tx, "b", 1);
    throw new Error("no");
  });
  await assert.rejects(written, { message: "no" });

  assert.deepEqual(await reads[0], []);
  await store.close();
});
