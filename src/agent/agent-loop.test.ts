// When an agent comes, stays and goes.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createSite } from "./agent-site.fixture.ts";
import { aWorkOrder } from "./fake-server.fixture.ts";
import { isAlive } from "./processes/process-table.ts";

describe("an agent", { timeout: 60_000 }, () => {
  it("carries many attempts side by side", async (t) => {
    const site = await createSite(t);
    const all = Array.from({ length: 12 }, (_, index) =>
      aWorkOrder(`echo ${index} > outputs/${index}; exit ${index}`),
    );

    site.startAgent();
    for (const work of all) site.server.place(work);
    const ends = await Promise.all(all.map((work) => site.end(work)));

    assert.deepEqual(
      ends.map((end) => end.exitCode),
      all.map((_, index) => index),
    );
    assert.equal(site.log("outputs/11"), "11\n");
  });

  it("leaves when it is told to, but not before its attempts have ended", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("sleep 0.2; exit 6");
    site.server.place(work);
    const agent = site.startAgent();
    await site.server.until(() => site.server.reports.length > 0);

    site.server.shouldExit = true;
    site.server.change(work.attempt, {});

    assert.equal(await agent.left, "told to");
    assert.equal(site.server.ends[0]?.exitCode, 6);
  });

  it("leaves when no server has answered for a while and it has nothing to do", async (t) => {
    const site = await createSite(t);
    const agent = site.startAgent(["--idle-exit-seconds", "0.2", "--poll-seconds", "0.1"]);
    await site.server.until(() => site.server.calls.includes("pollOrders"));

    await site.server.down();

    assert.equal(await agent.left, "no server");
  });

  it("leaves a job that waits for its node to a later agent when no server answers", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo ran");
    site.server.place(work);
    site.server.change(work.attempt, { go: false });
    const agent = site.startAgent(["--idle-exit-seconds", "0.2", "--poll-seconds", "0.1"]);
    await site.server.until(() => site.server.reports.some((report) => report.phase === "Queued"));

    await site.server.down();
    assert.equal(await agent.left, "no server");
    await site.server.up();
    site.server.change(work.attempt, { go: true });
    site.startAgent();

    assert.equal((await site.end(work)).reason, "succeeded");
  });

  it("ends its processes and leaves when its home folder is gone", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo $$; exec sleep 600");
    site.server.place(work);
    const agent = site.startAgent();
    await site.server.until(() => site.log().includes("\n"));
    const pid = Number(site.log());

    await rm(join(site.home, "agents"), { recursive: true, force: true, maxRetries: 5 });

    assert.equal(await agent.left, "home is gone");
    assert.equal(isAlive(pid), false);
  });

  it("finds a server that came back on another port", async (t) => {
    const site = await createSite(t);
    site.startAgent();
    await site.server.until(() => site.server.calls.includes("pollOrders") || site.server.calls.length > 0);

    await site.server.down();
    await site.server.up();
    const work = aWorkOrder("echo after");
    site.server.place(work);

    assert.equal((await site.end(work)).reason, "succeeded");
  });
});
