import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { systemClock } from "../../lib/clock.ts";
import { silentLog } from "../../lib/log.ts";
import { createRubbish } from "./rubbish.ts";

async function makeSite(t: TestContext) {
  const temp = await makeTempFolder();
  t.after(() => temp[Symbol.asyncDispose]());
  const folder = join(temp.path, "gone");
  const end = new AbortController();
  return {
    root: temp.path,
    folder,
    open: (limits: { idleMs: number; most: number }) =>
      createRubbish({ folder, clock: systemClock, log: silentLog, signal: end.signal, ...limits }),
    end: () => end.abort(),
    make(name: string) {
      const path = join(temp.path, name);
      mkdirSync(join(path, "deep", "deeper"), { recursive: true });
      writeFileSync(join(path, "deep", "file"), "");
      return path;
    },
  };
}

const until = async (isReached: () => boolean) => {
  while (!isReached()) await new Promise((resolve) => setImmediate(resolve));
};

test("A folder is out of the way at once, and goes with all that is in it when no other has come", async (t) => {
  const site = await makeSite(t);
  const rubbish = site.open({ idleMs: 5, most: 9 });
  const kept = site.make("kept");
  const path = site.make("a");
  symlinkSync(kept, join(path, "link"));

  rubbish.take(path);
  assert.ok(!existsSync(path));
  await until(() => readdirSync(site.folder).length === 0);

  assert.ok(existsSync(join(kept, "deep", "file")));
  site.end();
  await rubbish.ended;
});

test("Many go at once", async (t) => {
  const site = await makeSite(t);
  const rubbish = site.open({ idleMs: 60_000, most: 3 });
  for (const name of ["a", "b"]) rubbish.take(site.make(name));
  assert.equal(readdirSync(site.folder).length, 2);
  rubbish.take(site.make("c"));
  await until(() => readdirSync(site.folder).length === 0);
  site.end();
  await rubbish.ended;
});

test("An agent that leaves is not kept, and what it left goes with the next", async (t) => {
  const site = await makeSite(t);
  const rubbish = site.open({ idleMs: 60_000, most: 9 });
  rubbish.take(site.make("a"));
  rubbish.take(join(site.root, "nothing"));
  site.end();
  await rubbish.ended;
  assert.deepEqual(readdirSync(site.folder), ["a"]);

  const end = new AbortController();
  const next = createRubbish({ folder: site.folder, clock: systemClock, log: silentLog, signal: end.signal });
  await until(() => readdirSync(site.folder).length === 0);
  end.abort();
  await next.ended;
});
