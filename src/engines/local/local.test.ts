import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { LocalEngine } from "./local.ts";
import { isSameProcess, processStart } from "./processes.ts";

const placement = { agent: "local", nodeCount: 1 };

/** An engine on a home of its own; every process that it starts has ended when the test is over. */
async function setUp(t: TestContext, environment: NodeJS.ProcessEnv = {}) {
  const clock = createFakeClock();
  const folder = await makeTempFolder();
  const agentFolder = join(folder.path, "agents", "local");
  const newEngine = () =>
    new LocalEngine({
      home: folder.path,
      agentProgram: join(import.meta.dirname, "idle-agent.fixture.ts"),
      tokenFor: (agent) => `token of ${agent}`,
      environment: { PATH: "/usr/bin:/bin", ...environment },
      clock,
    });
  const starts = async () =>
    (await readFile(join(agentFolder, "starts"), "utf8").catch(() => "")).split("\n").filter(Boolean);
  const pids = async () => (await starts()).map((line) => Number.parseInt(line, 10));
  /** The agent's own word that it runs: from then on its file says where. */
  const running = (pid?: number) =>
    t.waitFor(
      async () => {
        const file = JSON.parse(await readFile(join(agentFolder, "agent.json"), "utf8")) as { pid: number };
        assert.notEqual(file.pid, pid);
        return file.pid;
      },
      { timeout: 10_000 },
    );
  t.after(async () => {
    for (const pid of await pids()) {
      if (await processStart(pid)) process.kill(pid, "SIGKILL");
    }
    await folder[Symbol.asyncDispose]();
  });
  return { clock, newEngine, starts, running, agentFolder, home: folder.path };
}

test("Many calls to place start one agent, told its home and name, with its token for itself alone", async (t) => {
  const { newEngine, starts, running, agentFolder, home } = await setUp(t);
  const engine = newEngine();
  assert.equal(await engine.look("local"), "gone");

  await Promise.all(Array.from({ length: 20 }, () => engine.place(placement)));
  assert.equal(await engine.look("local"), "alive", "while it is starting too");
  const pid = await running();
  await Promise.all(Array.from({ length: 20 }, () => engine.place(placement)));

  assert.deepEqual(await starts(), [`${pid} --home ${home} --name local`]);
  const token = join(agentFolder, "token");
  assert.equal(await readFile(token, "utf8"), "token of local");
  assert.equal((await stat(token)).mode & 0o777, 0o600);
  assert.equal((await stat(agentFolder)).mode & 0o777, 0o700);
});

test("After a restart of the server the agent that lives is found, and no second one is started", async (t) => {
  const { newEngine, starts, running } = await setUp(t);
  await newEngine().place(placement);
  await running();
  const restarted = newEngine();

  assert.equal(await restarted.look("local"), "alive");
  await restarted.place(placement);

  assert.equal((await starts()).length, 1);
});

test("A killed agent is seen to be gone, and placing again starts another", async (t) => {
  const { newEngine, starts, running } = await setUp(t);
  const engine = newEngine();
  await engine.place(placement);
  const pid = await running();

  process.kill(pid, "SIGKILL");
  await t.waitFor(async () => assert.equal(await engine.look("local"), "gone"), { timeout: 10_000 });
  await engine.place(placement);
  await running(pid);

  assert.equal((await starts()).length, 2);
  assert.equal(await engine.look("local"), "alive");
});

test("An agent that lives and stays silent is replaced; one that is heard of is not, nor after a sleep of the machine", async (t) => {
  const { clock, newEngine, starts, running } = await setUp(t);
  const engine = newEngine();
  let heard = 0;
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) {
      clock.advance(1000);
      await engine.place({ ...placement, heard });
    }
  };
  await engine.place({ ...placement, heard });
  const pid = await running();

  for (let poll = 0; poll < 10; poll++) {
    heard++;
    await turns(10);
  }
  clock.advance(3_600_000);
  await turns(5);
  heard++;
  await turns(20);
  assert.equal((await starts()).length, 1);
  process.kill(pid, "SIGSTOP");
  await assert.rejects(turns(30), /not been heard of for 30 seconds; another one takes its place/);
  await t.waitFor(async () => assert.equal(await engine.look("local"), "gone"), { timeout: 10_000 });
  await turns(1);
  await running(pid);
  // The next one is given more time.
  await turns(40);

  assert.equal((await starts()).length, 2);
});

test("Stopping ends the agent; stopping none does nothing", async (t) => {
  const { newEngine, running } = await setUp(t);
  const engine = newEngine();
  await engine.stop("local");
  await engine.place(placement);
  await running();

  await engine.stop("local");

  await t.waitFor(async () => assert.equal(await engine.look("local"), "gone"), { timeout: 10_000 });
});

test("An old agent.json whose pid belongs to another process by now is not taken for alive", async (t) => {
  const { newEngine, agentFolder, starts, running } = await setUp(t);
  await mkdir(agentFolder, { recursive: true });
  const ownStart = await processStart(process.pid);
  assert.ok(ownStart);
  const stale = { pid: process.pid, pidStart: ownStart - 1, startedAt: 1 };
  await writeFile(join(agentFolder, "agent.json"), JSON.stringify(stale));
  const engine = newEngine();

  assert.equal(await engine.look("local"), "gone");
  await engine.stop("local");
  await engine.place(placement);
  await running(process.pid);

  assert.equal((await starts()).length, 1, "and this process, whose pid it was, still lives");
});

test("An agent that ends at once is tried again after a pause that grows, and the error says so", async (t) => {
  const { clock, newEngine, starts } = await setUp(t, { IDLE_AGENT_EXITS: "3" });
  const engine = newEngine();
  await engine.place(placement);
  await t.waitFor(async () => assert.equal(await engine.look("local"), "gone"), { timeout: 10_000 });

  await assert.rejects(engine.place(placement), /exit code 3, try 1; .*agent\.log says why/);
  assert.equal((await starts()).length, 1);
  clock.advance(1000);
  await engine.place(placement);

  await t.waitFor(async () => assert.equal((await starts()).length, 2), { timeout: 10_000 });
  await t.waitFor(async () => assert.equal(await engine.look("local"), "gone"), { timeout: 10_000 });
  clock.advance(1000);
  await assert.rejects(engine.place(placement), /try 2/);
});

test("An agent.json that cannot be read is as none", async (t) => {
  const { newEngine, agentFolder } = await setUp(t);
  await mkdir(agentFolder, { recursive: true });

  for (const text of [
    "",
    "{",
    "null",
    "{}",
    '{"pid":"x"}',
    '{"pid":-1,"pidStart":0}',
    '{"pid":0,"pidStart":0}',
  ]) {
    await writeFile(join(agentFolder, "agent.json"), text);
    assert.equal(await newEngine().look("local"), "gone", text);
  }
});

test("A process is the same when its start is the same, and an ended one is none", async () => {
  const start = await processStart(process.pid);
  assert.ok(start);

  assert.equal(await isSameProcess(process.pid, start), true);
  assert.equal(await isSameProcess(process.pid, start + 1), false);
  assert.equal(await isSameProcess(2 ** 22 + 1, 0), false);
});
