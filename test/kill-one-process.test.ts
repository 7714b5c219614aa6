// kill -9 of any one part of a job of 2 x 2 processes that ignore TERM: all of it is stopped or goes on, the culprit is
// named, and no process stays. How long that takes is measured in bench/kills.ts.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Job } from "../src/api/jobs.ts";
import { isFinal } from "../src/core/job.ts";
import { kill, openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { findJobProcesses, isUserProcess, killPart, waitingCommand } from "./support/job-parts.ts";
import type { JobPart } from "./support/job-parts.ts";
import { requireProgram } from "./support/require-component.ts";

const lost = "the shell above it was killed by SIGKILL, and its exit code is lost with that";

const frameworks: {
  name: string;
  distribution: string;
  program?: string;
  culprits: Partial<Record<JobPart, RegExp>>;
}[] = [
  {
    name: "pytorch",
    distribution: "{type: pytorch, process_count: 4}",
    culprits: {
      user: /^rank_2 on local-1 failed first: killed by SIGKILL/,
      shell: new RegExp(`^rank_2 on local-1 failed first: ${lost}`),
      group: new RegExp(`^rank_2 on local-1 failed first: ${lost}`),
      node: new RegExp(`^rank_[23] on local-1 failed first: ${lost}`),
    },
  },
  {
    name: "mpi",
    distribution: "{type: mpi, process_count_per_instance: 2}",
    program: "mpirun",
    culprits: {
      user: /^rank_2 on local-1 failed first: killed by SIGKILL/,
      shell: /^rank_2 on local-1 failed first: mpirun saw it end by signal 9/,
      group: /^rank_2 on local-1 failed first: mpirun saw it end by signal 9/,
      // All four ranks have to be killed, so that nobody can tell which were first.
      node: /^(mpirun on local-0|orted on local-1|rank_[23] on local-1) failed first/,
      mpirun: /^mpirun on local-0 failed first: killed by SIGKILL/,
      "mpirun's shell": new RegExp(`^mpirun on local-0 failed first: ${lost}`),
      daemon: /^orted on local-1 failed first: mpirun lost its daemon there/,
    },
  },
];

for (const { name, distribution, program, culprits } of frameworks) {
  describe(`kill -9 of one part of a 2 x 2 job of ${name}`, { timeout: 600_000 }, () => {
    let home: TestHome;
    let jobs = 0;
    before(async () => {
      home = await openTestHome();
    });
    after(() => home[Symbol.asyncDispose]());

    const start = () => startWaiting(home, `waiting-${jobs++}`, distribution);

    for (const [part, culprit] of Object.entries(culprits)) {
      it(`${part}: the others end, and the culprit is named`, async (t) => {
        if (program !== undefined && requireProgram(t, program) === undefined) return;
        const run = await start();

        await killPart(part as JobPart, await home.processes());

        const job = await untilOver(home, run);
        assert.equal(job.state, "Failed");
        assert.match(messageOf(job), culprit);
        await untilNothingLeft(home);
      });
    }

    for (const victim of ["agent", "server"] as const) {
      it(`${victim}: the job goes on, and ends as it would have`, async (t) => {
        if (program !== undefined && requireProgram(t, program) === undefined) return;
        const run = await start();
        const before = await userProcesses(home);

        kill(victim === "agent" ? await home.agentPid() : (await home.server()).pid);
        // The command line finds, or starts, the server; the server starts the agent.
        assert.equal((await home.run("job", "show", "-n", run)).code, 0);
        assert.deepEqual(await userProcesses(home), before);
        assert.equal((await home.run("job", "cancel", "-n", run)).code, 0);

        assert.equal((await untilOver(home, run)).state, "Canceled");
        await untilNothingLeft(home);
      });
    }

    it("agent, together with a process that nobody then saw end: the next agent names it", async (t) => {
      if (program !== undefined && requireProgram(t, program) === undefined) return;
      const run = await start();

      kill(await home.agentPid());
      await killPart(program === undefined ? "group" : "mpirun", await home.processes());

      const job = await untilOver(home, run);
      assert.equal(job.state, "Failed");
      assert.match(messageOf(job), /^(rank_2 on local-1|mpirun on local-0) failed first/);
      await untilNothingLeft(home);
    });
  });
}

/** Where mpirun keeps its sockets and locks unless it is told another place. */
const sessions = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("ompi."));
const sessionsBefore = await sessions();

const messageOf = ({ error }: Job): string =>
  (error as { error: { message: string } } | null)?.error.message ?? "";

async function startWaiting(home: TestHome, run: string, distribution: string): Promise<string> {
  const file = await home.file(
    `${run}.yml`,
    `command: ${JSON.stringify(waitingCommand)}
environment: {interpreter: python3}
compute: {target: local, instance_count: 2}
distribution: ${distribution}
`,
  );
  const created = await home.run("job", "create", "-f", file, "-n", run);
  assert.equal(created.code, 0, created.stderr);
  await until(async () => (await userProcesses(home)).length === 4, "its processes have not come to be");
  return run;
}

async function untilOver(home: TestHome, run: string) {
  const client = await home.client();
  let job = await client.getJob({ params: { run } });
  await until(async () => {
    job = await client.getJob({ params: { run } });
    return isFinal(job.state);
  }, "the job has not ended");
  return job;
}

/** No process, and nothing of mpirun's outside the job's own folder. */
async function untilNothingLeft(home: TestHome): Promise<void> {
  const left = async () => findJobProcesses(await home.processes());
  await until(async () => (await left()).length === 0, "processes of the job are left");
  assert.deepEqual(
    (await sessions()).filter((name) => !sessionsBefore.includes(name)),
    [],
  );
}

const userProcesses = async (home: TestHome): Promise<number[]> =>
  (await findJobProcesses(await home.processes())).filter(isUserProcess).map(({ pid }) => pid);

async function until(isThere: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let turn = 0; !(await isThere()); turn++) {
    assert.ok(turn < 1200, otherwise);
    await setTimeout(50);
  }
}
