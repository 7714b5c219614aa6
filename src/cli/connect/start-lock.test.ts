import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { takeStartLock } from "./start-lock.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "trainyard-lock-"));
});
afterEach(() => rm(home, { recursive: true }));

test("of two that ask at once one gets it, and the other one after the release", async () => {
  const answers = await Promise.all([takeStartLock(home, process.pid), takeStartLock(home, process.ppid)]);

  const winners = answers.filter((answer) => answer !== undefined);
  assert.equal(winners.length, 1);

  await winners[0]?.release();
  assert.ok(await takeStartLock(home));
});

test("a holder that died is passed over", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  await writeFile(join(home, "start.lock"), `${pid}\n`);

  assert.ok(await takeStartLock(home));
});

test("nothing is left behind", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  await writeFile(join(home, "start.lock"), `${pid}\n`);

  const lock = await takeStartLock(home);
  await lock?.release();

  assert.deepEqual(await readdir(home), []);
});
