// Ending attempts: cancel, time limit, and whatever processes do to outlive both.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSite } from "../agent-site.fixture.ts";
import type { AgentSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";
import { isAlive } from "../processes/process-table.ts";

const logShows = (site: AgentSite, text: string) => site.server.until(() => site.log().includes(text));

describe("stopping an attempt", { timeout: 60_000 }, () => {
  it("gives processes the time to leave a checkpoint, and collects it", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `trap 'echo saved > outputs/checkpoint; exit 0' TERM; echo ready; while :; do sleep 0.05; done`,
    );
    site.server.place(work);
    site.startAgent(["--grace-seconds", "20"]);
    await logShows(site, "ready");

    site.server.change(work.attempt, { stop: "canceled" });
    const end = await site.end(work);

    assert.equal(end.reason, "canceled");
    assert.equal(site.log("outputs/checkpoint"), "saved\n");
  });

  it("kills what ignores TERM, and what it started", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`trap '' TERM; sleep 600 & echo pids $$ $!; wait`);
    site.server.place(work);
    site.startAgent();
    await logShows(site, "\n");

    site.server.change(work.attempt, { stop: "canceled" });
    const end = await site.end(work);

    assert.equal(end.reason, "canceled");
    const pids = site.log().trim().split(" ").slice(1).map(Number);
    assert.equal(pids.length, 2);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it("ends at the time limit, counted from Running", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo x > outputs/x; sleep 600", { timeoutSeconds: 0.2 });
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "time-limit");
    assert.match(end.message ?? "", /0\.2 seconds/);
    assert.equal(site.log("outputs/x"), "x\n");
  });

  it("ends what a finished command left running, even in a session of its own", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `setsid sleep 600 & (setsid sh -c 'echo $$ > daemon; exec sleep 600' &) ; sleep 0.2; echo $! $(cat daemon)`,
    );
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "succeeded");
    const pids = site.log().trim().split(" ").map(Number);
    assert.equal(pids.length, 2);
    assert.deepEqual(pids.filter(isAlive), []);
    assert.match(
      site.log("azureml-logs/75_job_post-local-0.txt"),
      /ended 2 processes that were left running/,
    );
  });

  it("does not start what was canceled while it waited for its node", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo started");
    site.server.place(work, { go: false });
    site.startAgent();
    await site.server.until(() => site.server.reports.some((report) => report.phase === "Queued"));

    site.server.change(work.attempt, { stop: "canceled" });
    const end = await site.end(work);

    assert.equal(end.reason, "canceled");
    assert.equal(site.server.artifacts.has("azureml-logs/70_driver_log.txt"), false);
  });

  it("cancels while it prepares", async (t) => {
    const site = await createSite(t);
    const code = site.server.addSnapshot({ "a.txt": "a" });
    const held = site.server.hold("readBlobs");
    t.after(() => held.release());
    const work = aWorkOrder("echo started", { code: { kind: "snapshot", id: code } });
    site.server.place(work);
    site.startAgent();
    await held.reached;

    site.server.change(work.attempt, { stop: "canceled" });
    const end = await site.end(work);

    assert.equal(end.reason, "canceled");
  });

  it("reports the end that happened when a cancel comes too late", async (t) => {
    const site = await createSite(t);
    const held = site.server.hold("endAttempt");
    const work = aWorkOrder("exit 5");
    site.server.place(work);
    site.startAgent();
    await held.reached;

    site.server.change(work.attempt, { stop: "canceled" });
    held.release();
    const end = await site.end(work);

    assert.deepEqual([end.reason, end.exitCode], ["exited-nonzero", 5]);
  });

  it("leaves the processes alone when a newer agent has registered", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo ready $$; sleep 600");
    site.server.place(work);
    const older = site.startAgent();
    await logShows(site, "\n");
    const pid = Number(site.log().trim().split(" ").at(-1));

    site.startAgent();
    assert.equal(await older.left, "superseded");

    assert.equal(isAlive(pid), true);
    site.server.change(work.attempt, { stop: "canceled" });
    assert.equal((await site.end(work)).reason, "canceled");
    assert.equal(isAlive(pid), false);
  });
});
