// An agent that is killed without warning, and one that starts in its place: nothing runs twice, nothing is lost.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createSite } from "../agent-site.fixture.ts";
import type { AgentSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";
import { isAlive } from "../processes/process-table.ts";
import { readWrapperPid } from "../processes/wrapper.ts";

const kill = async (agent: ChildProcess) => {
  agent.kill("SIGKILL");
  await once(agent, "exit");
};
const runs = (site: AgentSite) => readFile(join(site.home, "runs"), "utf8").catch(() => "");

describe("an agent in the place of one that was killed", { timeout: 120_000 }, () => {
  it("goes on with a living process: its log has no gap, and its exit code is known", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `for i in $(seq 1 40); do echo line $i; sleep 0.02; done; until [ -e go ]; do sleep 0.02; done; exit 4`,
    );
    site.server.place(work);
    const first = site.spawnAgent();
    await site.server.until(() => site.log().includes("line 5\n"));
    await kill(first);

    site.startAgent();
    await site.server.until(() => site.log().includes("line 40\n"));
    await writeFile(join(site.attemptFolder(work), "work", "go"), "");
    const end = await site.end(work);

    assert.deepEqual([end.reason, end.exitCode], ["exited-nonzero", 4]);
    assert.equal(site.log(), Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`).join(""));
  });

  it("learns how a process ended while nobody watched", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`echo started; until [ -e go ]; do sleep 0.01; done; echo last words; exit 7`);
    site.server.place(work);
    const first = site.spawnAgent();
    await site.server.until(() => site.log() === "started\n");
    const folder = site.attemptFolder(work);
    const pid = readWrapperPid(join(folder, "run", "main"))!;
    await kill(first);
    await writeFile(join(folder, "work", "go"), "");
    while (isAlive(pid)) await once(AbortSignal.timeout(5), "abort");

    site.startAgent();
    const end = await site.end(work);

    assert.deepEqual([end.reason, end.exitCode, site.log()], ["exited-nonzero", 7, "started\nlast words\n"]);
  });

  it("says so when a process and its wrapper are gone without a trace", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`echo started; sleep 600`);
    site.server.place(work);
    const first = site.spawnAgent();
    await site.server.until(() => site.log() === "started\n");
    await kill(first);
    process.kill(-readWrapperPid(join(site.attemptFolder(work), "run", "main"))!, "SIGKILL");

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "process-vanished");
  });

  it("carries a cancel out that the killed one had begun", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`trap '' TERM; echo started; sleep 600 & wait; while :; do sleep 1; done`);
    site.server.place(work);
    const first = site.spawnAgent(["--grace-seconds", "60"]);
    await site.server.until(() => site.log() === "started\n");
    site.server.change(work.attempt, { stop: "canceled" });
    while (!(await readFile(join(site.attemptFolder(work), "stopping.json"), "utf8").catch(() => ""))) {
      await once(AbortSignal.timeout(5), "abort");
    }
    await kill(first);

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "canceled");
  });

  it("never starts processes again that ran before the machine itself restarted", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`echo ran >> ${site.home}/runs`);
    site.server.place(work, { go: false });
    const first = site.spawnAgent();
    await site.server.until(() => site.server.reports.some((report) => report.phase === "Queued"));
    await kill(first);
    const prepared = { environment: "", lock: "", nodes: [{ command: "true", variables: {} }] };
    const mark = { at: 1, bootId: "another start of this machine", prepared };
    await writeFile(join(site.attemptFolder(work), "launched.json"), JSON.stringify(mark));

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "process-vanished");
    assert.equal(await runs(site), "");
  });

  it("throws away what is half there of an attempt that never began", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo ran");
    await mkdir(join(site.attemptFolder(work), "work"), { recursive: true });
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.deepEqual([end.reason, site.log()], ["succeeded", "ran\n"]);
  });

  const everyStep = process.env["EVERY_STEP"] !== undefined;
  it(`brings the attempt to its one end wherever it was killed${everyStep ? "" : " (some steps of all)"}`, async (t) => {
    for (let step = 2; step < 100; step += everyStep ? 1 : 5) {
      const site = await createSite(t);
      const code = site.server.addSnapshot({
        "train.sh": `echo ran >> ${site.home}/runs; echo one; sleep 0.1; echo two; echo o > outputs/o`,
      });
      const work = aWorkOrder("bash train.sh; exit 3", { code: { kind: "snapshot", id: code } });
      site.server.place(work);
      const first = site.spawnAgent(
        [],
        ["--import", `${import.meta.resolve("../kill-at.fixture.ts")}?step=${step}`],
      );
      const exited = once(first, "exit");
      const wasKilled = await Promise.race([exited.then(() => true), site.end(work).then(() => false)]);

      const second = site.startAgent();
      const end = await site.end(work);

      const facts = [end.reason, end.exitCode, site.log(), site.log("outputs/o"), await runs(site)];
      assert.deepEqual(facts, ["exited-nonzero", 3, "one\ntwo\n", "o\n", "ran\n"], `killed at step ${step}`);
      await second.leave();
      if (!wasKilled) return;
    }
    assert.fail("the attempt has more steps than this test expects");
  });
});
