// One attempt from its order to its end, with real processes and a server in memory.
import assert from "node:assert/strict";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { findProgram } from "../../../test/support/require-component.ts";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { createSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";
import { readWrapperPid } from "../processes/wrapper.ts";

describe("an attempt", { timeout: 60_000 }, () => {
  it("is told in order, delivers its log, and leaves no folder behind", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo hello");
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.deepEqual([end.reason, end.exitCode, end.message], ["succeeded", 0, null]);
    const phases = site.server.reports.map((report) => report.phase);
    assert.deepEqual([...new Set(phases)], ["Preparing", "Queued", "Running", "Finalizing"]);
    assert.equal(site.log(), "hello\n");
    const logs = [...site.server.artifacts].map(([path, { growing, alias }]) => [path, growing, alias]);
    assert.deepEqual(
      logs.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
      [
        ["azureml-logs/55_azureml-execution-local-0.txt", false, undefined],
        ["azureml-logs/65_job_prep-local-0.txt", false, undefined],
        ["azureml-logs/70_driver_log.txt", false, "user_logs/std_log.txt"],
        ["azureml-logs/75_job_post-local-0.txt", false, undefined],
        ["system_logs/environment-lock.txt", false, undefined],
      ],
    );
    assert.match(
      site.log("system_logs/environment-lock.txt"),
      /^# ran with host Python .*\n# platform: linux-\w+\n# python-version: 3\./,
    );
  });

  it("keeps stdout and stderr in the order they were written in", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("for i in 1 2 3; do echo out$i; echo err$i >&2; done");
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.equal(site.log(), "out1\nerr1\nout2\nerr2\nout3\nerr3\n");
  });

  it("fails with the exit code, or with the exception that ended a Python program", async (t) => {
    const site = await createSite(t);
    const plain = aWorkOrder("echo before; exit 3");
    const python = aWorkOrder(`python3 -c "print('x'); raise ValueError('bad rate: 7')"`);
    site.server.place(plain);
    site.server.place(python);

    site.startAgent();
    const [plainEnd, pythonEnd] = await Promise.all([site.end(plain), site.end(python)]);

    assert.deepEqual(
      [plainEnd.reason, plainEnd.exitCode, plainEnd.message, plainEnd.traceback],
      ["exited-nonzero", 3, "process exited with code 3", "before"],
    );
    assert.deepEqual(
      [pythonEnd.reason, pythonEnd.exitCode, pythonEnd.message],
      ["exited-nonzero", 1, "ValueError: bad rate: 7"],
    );
    assert.match(pythonEnd.traceback ?? "", /^Traceback \(most recent call last\):\n/);
  });

  it("names the signal that killed it", async (t) => {
    const site = await createSite(t);
    const direct = aWorkOrder("kill -SEGV $$");
    const child = aWorkOrder("sh -c 'kill -TERM $$'; exit $?");
    site.server.place(direct);
    site.server.place(child);

    site.startAgent();
    const [directEnd, childEnd] = await Promise.all([site.end(direct), site.end(child)]);

    assert.equal(directEnd.reason, "killed-by-signal");
    assert.match(directEnd.message ?? "", /SIGSEGV/);
    assert.match(childEnd.message ?? "", /SIGTERM/);
  });

  it("reads nothing from the agent's input, and runs in the code's folder with outputs and logs in it", async (t) => {
    const site = await createSite(t);
    const code = site.server.addSnapshot({
      "train.sh": "cat lib/a.txt; cat; ls -d */",
      "lib/a.txt": "from a\n",
    });
    const work = aWorkOrder("bash train.sh", { code: { kind: "snapshot", id: code } });
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.equal(site.log(), "from a\nlib/\nlogs/\noutputs/\n");
  });

  it("downloads a snapshot once for all its attempts", async (t) => {
    const site = await createSite(t);
    const code = site.server.addSnapshot({ "a.txt": "a", "b.txt": "b" });
    const first = aWorkOrder("cat a.txt", { code: { kind: "snapshot", id: code } });
    const second = aWorkOrder("cat b.txt", { code: { kind: "snapshot", id: code } });

    site.startAgent();
    site.server.place(first);
    await site.end(first);
    site.server.place(second);
    await site.end(second);

    assert.equal(site.server.calls.filter((id) => id === "readBlobs").length, 1);
    assert.equal(site.server.calls.filter((id) => id === "getSnapshot").length, 1);
  });

  it("waits, prepared, until it has its node", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo started");
    site.server.place(work, { go: false });

    site.startAgent();
    await site.server.until(() => site.server.reports.some((report) => report.phase === "Queued"));
    assert.equal(
      site.server.reports.some((report) => report.phase === "Running"),
      false,
    );
    site.server.change(work.attempt, { go: true });

    assert.equal((await site.end(work)).reason, "succeeded");
  });

  it("says why the code or an input could not be staged, also in its log", async (t) => {
    const site = await createSite(t);
    const lost = aWorkOrder("true", { code: { kind: "snapshot", id: "0".repeat(64) } });
    const asset = aWorkOrder("true", {
      inputs: {
        table: { kind: "data", mode: "mount", source: { kind: "asset", name: "iris", version: "1" } },
      },
    });
    site.server.place(lost);
    site.server.place(asset);

    site.startAgent();
    const [lostEnd, assetEnd] = await Promise.all([site.end(lost), site.end(asset)]);

    assert.equal(lostEnd.reason, "staging-failed");
    assert.match(lostEnd.message ?? "", /the code \(snapshot 0+\) could not be staged: no such snapshot/);
    assert.equal(assetEnd.reason, "staging-failed");
    assert.match(assetEnd.message ?? "", /input table: azureml:iris:1 reached the node unresolved/);
    assert.match(site.log("azureml-logs/65_job_prep-local-0.txt"), /staging failed/);
  });

  it("ends with the environment's own words when that could not be realized", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("true", { environment: { userManaged: { interpreter: "/no/such/python" } } });
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "environment-failed");
    assert.match(end.message ?? "", /\/no\/such\/python/);
    assert.match(site.log("azureml-logs/55_azureml-execution-local-0.txt"), /the environment failed/);
  });

  it("has a folder only as long as the server lists it", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("echo ready; sleep 600");
    site.server.place(work);
    const agent = site.startAgent();
    await site.server.until(() => site.log() === "ready\n");
    const pid = readWrapperPid(`${site.attemptFolder(work)}/run/main`)!;

    site.server.remove(work.attempt);
    site.server.shouldExit = true;
    site.server.change(work.attempt, {});
    site.server.orders.clear();
    assert.equal(await agent.left, "told to");

    assert.deepEqual(await readdir(`${site.home}/agents/local/attempts`), []);
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
  });

  it("by MPI fails before it starts where there is no mpirun, and names the package", async (t) => {
    await using bin = await makeTempFolder();
    for (const program of ["bash", "python3"]) {
      const path = findProgram(program);
      if (path !== undefined) await symlink(path, join(bin.path, program));
    }
    const before = process.env["PATH"];
    process.env["PATH"] = bin.path;
    t.after(() => (process.env["PATH"] = before));
    const site = await createSite(t);
    const work = aWorkOrder("echo started", {
      distribution: { type: "mpi", processCountPerInstance: 2 },
      compute: { target: "local", instanceCount: 2 },
    });
    work.node.count = 2;
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "environment-failed");
    assert.match(
      end.message ?? "",
      /distributed by MPI, and this node has no mpirun.*apt-get install -y openmpi-bin/s,
    );
    assert.deepEqual(
      [...site.server.artifacts.keys()].filter((path) => path.includes("driver_log")),
      [],
    );
  });
});
