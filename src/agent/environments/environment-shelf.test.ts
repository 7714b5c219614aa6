import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { systemClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import { createEnvironmentShelf } from "./environment-shelf.ts";
import { realizeEnvironment } from "./realize.ts";
import { fakePython, fakeUv, testMachine } from "./test-machine.ts";

const mib = 2 ** 20;
const hashOf = (number: number) => String(number).padStart(20, "0");

async function makeAgent(t: TestContext, capMib: number) {
  const folder = await makeTempFolder();
  t.after(() => folder[Symbol.asyncDispose]());
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line), now: () => 0 });
  const start = (startsIn = 0) =>
    createEnvironmentShelf({
      agentFolder: folder.path,
      capBytes: capMib * mib,
      clock: { ...systemClock, now: () => systemClock.now() + startsIn },
      log,
    });
  const environments = join(folder.path, "environments");
  const add = async (number: number, usedMinutesAgo: number) => {
    const path = join(environments, hashOf(number));
    await mkdir(join(path, "build", "lib"), { recursive: true });
    await writeFile(join(path, "build", "lib", "big"), Buffer.alloc(mib, 1));
    await writeFile(join(path, "complete.json"), "{}");
    const used = Date.now() / 1000 - usedMinutesAgo * 60;
    await utimes(join(path, "complete.json"), used, used);
  };
  const attempt = async (name: string) => {
    const path = join(folder.path, "attempts", name);
    await mkdir(path, { recursive: true });
    return path;
  };
  const left = async () => (await readdir(environments)).toSorted();
  return { start, add, attempt, left, environments, lines };
}

test("what was not used for the longest time goes, until they are below the cap", async (t) => {
  const agent = await makeAgent(t, 3);
  for (const [number, minutes] of [
    [1, 10],
    [2, 40],
    [3, 30],
    [4, 20],
  ] as const)
    await agent.add(number, minutes);
  const shelf = agent.start();
  await shelf.hold(await agent.attempt("a"), hashOf(2));
  await rm(await agent.attempt("a"), { recursive: true });

  await shelf.tidy();

  assert.deepEqual(await agent.left(), [hashOf(1), hashOf(2)], "2 was used just now, though its job is over");
});

test("what an attempt uses never goes, also when the agent was started anew, and the log says that there is more", async (t) => {
  const agent = await makeAgent(t, 1);
  for (const number of [1, 2, 3]) await agent.add(number, number);
  const first = agent.start();
  const folders = [await agent.attempt("a"), await agent.attempt("b")];
  await first.hold(folders[0]!, hashOf(2));
  await first.hold(folders[1]!, hashOf(3));

  const second = agent.start();
  await second.tidy();
  assert.deepEqual(await agent.left(), [hashOf(2), hashOf(3)]);
  assert.match(agent.lines.join(""), /more than their cap/);

  await rm(folders[0]!, { recursive: true });
  await second.tidy();
  assert.deepEqual(await agent.left(), [hashOf(3)]);
});

test("what a build left that nobody ended goes, but not while somebody builds, waits for it or needs it", async (t) => {
  const agent = await makeAgent(t, 100);
  for (const number of [1, 2, 3]) {
    await mkdir(join(agent.environments, hashOf(number), "half"), { recursive: true });
  }
  await mkdir(join(agent.environments, `${hashOf(2)}.lock`));
  await mkdir(join(agent.environments, ".leaving-x"));
  await mkdir(join(agent.environments, "host-tools"));
  const shelf = agent.start(60_000);
  await shelf.hold(await agent.attempt("a"), hashOf(3));

  await agent.start(-60_000).tidy();
  assert.ok(existsSync(join(agent.environments, hashOf(1))), "it may be a build of this agent's own");
  await shelf.tidy();

  assert.deepEqual(await agent.left(), [hashOf(2), `${hashOf(2)}.lock`, hashOf(3), "host-tools"]);
});

test("an environment that was removed is built again for the next job, which holds it", async (t) => {
  const machine = testMachine(t);
  machine.program("python", ...fakePython("3.11.7"));
  machine.program("uv", ...fakeUv(machine.folder));
  const agent = await makeAgent(t, 0.000001);
  const shelf = agent.start();
  const realize = async (name: string) => {
    const folder = await agent.attempt(name);
    const hold = (hash: string) => shelf.hold(folder, hash);
    return realizeEnvironment({ pip: ["six"] }, { ...machine.context, cacheFolder: shelf.folder, hold });
  };

  const first = await realize("a");
  await shelf.tidy();
  assert.ok(existsSync(first.python!), "its job runs");
  await rm(await agent.attempt("a"), { recursive: true });
  await shelf.tidy();
  assert.ok(!existsSync(first.python!));

  const second = await realize("b");
  await shelf.tidy();
  assert.equal(second.built, true);
  assert.ok(existsSync(second.python!));
});

test("an image goes only when no attempt uses it, and an attempt that comes while it goes waits for that", async (t) => {
  const agent = await makeAgent(t, 1);
  const shelf = agent.start();
  const attempt = await agent.attempt("a");
  await shelf.hold(attempt, "image-used");
  const never = () => assert.fail("it was removed while an attempt used it");
  assert.equal(await shelf.removeUnused("image-used", never), false);
  assert.equal(await agent.start().removeUnused("image-used", never), false);

  const steps: string[] = [];
  const removing = Promise.withResolvers<boolean>();
  const started = Promise.withResolvers<void>();
  const removal = shelf.removeUnused("image-idle", () => {
    started.resolve();
    return removing.promise;
  });
  await started.promise;
  const held = shelf.hold(attempt, "image-idle").then(() => steps.push("held"));
  await shelf.hold(attempt, "image-other");
  steps.push("removed");
  removing.resolve(true);
  await held;
  assert.equal(await removal, true);
  assert.deepEqual(steps, ["removed", "held"]);

  await rm(attempt, { recursive: true });
  assert.equal(await shelf.removeUnused("image-used", async () => true), true);
});
