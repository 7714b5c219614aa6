import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { startProgram } from "../../test/support/child-lines.ts";
import { makeTempFolder } from "../../test/support/temp-folder.ts";
import { takeLock } from "./lock.ts";
import { openStore } from "./store.ts";

const fixture = (name: string) => join(import.meta.dirname, name);

test("Every write that was acknowledged before a kill -9 is there afterwards", async () => {
  await using folder = await makeTempFolder();
  const file = join(folder.path, "test.db");
  const acknowledged = new Set<string>();

  for (let round = 0; round < 10; round++) {
    const writer = startProgram(fixture("acknowledging-writer.fixture.ts"), [file, `round${round}`]);
    const killAfter = randomInt(1, 150);
    for (let count = 0; count < killAfter; count++) {
      const { value, done } = await writer.lines.next();
      assert.ok(!done, "the writer ended by itself");
      acknowledged.add(value);
    }
    await writer.killHard();
    // What it had printed and we had not read yet was acknowledged as well.
    for (let line = await writer.lines.next(); !line.done; line = await writer.lines.next()) {
      acknowledged.add(line.value);
    }
  }

  const store = await openStore(file);
  const rows = await store.db.selectFrom("events").select("run_id").execute();
  await store.close();
  const kept = new Set(rows.map((row) => row.run_id));
  const lost = [...acknowledged].filter((name) => !kept.has(name));
  assert.deepEqual(lost, []);
  assert.equal(kept.size, rows.length, "nothing is there twice");
});

test("A commit is on the disk before it is answered, not only with the operating system", async () => {
  await using folder = await makeTempFolder();
  const store = await openStore(join(folder.path, "test.db"));
  const pragma = async (name: string) =>
    Object.values((await sql.raw<object>(`pragma ${name}`).execute(store.db)).rows[0]!)[0] as unknown;

  assert.equal(await pragma("journal_mode"), "wal");
  assert.equal(await pragma("synchronous"), 2, "full");
  await store.close();
});

test("A home's lock keeps a second process out, and is free again when its holder was killed", async () => {
  await using folder = await makeTempFolder();
  const file = join(folder.path, "lock");

  const holder = startProgram(fixture("lock-holder.fixture.ts"), [file]);
  assert.equal((await holder.lines.next()).value, "taken");
  const second = startProgram(fixture("lock-holder.fixture.ts"), [file]);
  assert.equal((await second.lines.next()).value, "refused");
  await second.killHard();
  assert.equal(takeLock(file), undefined);
  await holder.killHard();

  const release = takeLock(file);
  assert.ok(release);
  assert.equal(takeLock(file), undefined, "not twice in one process either");
  release();
  const again = takeLock(file);
  assert.ok(again, "released, it can be taken again");
  again();
});
