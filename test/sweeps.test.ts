// Sweeps with the real server and agent: kill -9 at random moments, early ends of every kind, and going on from another.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import type { Client } from "../src/api/client.ts";
import { kill, openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { createRandom } from "./support/random.ts";
import { requireProgram } from "./support/require-component.ts";

const deaths = 20;
const trials = 24;

/** Each trial says in a file of the test's that it ran, so that one that ran twice is seen. */
const program = `
import os, sys, time
from azureml.core import Run
run = Run.get_context()
x, kind = float(sys.argv[1]), sys.argv[2]
with open(os.environ["RAN"], "a") as ran:
    ran.write(os.environ["AZUREML_RUN_ID"] + "\\n")
for step in range(3):
    run.log("loss", (x - 1) ** 2 + (0.5 if kind == "a" else 0.25) + 2 - step)
    time.sleep(0.05)
`;

interface SweepOptions {
  command?: string;
  sampling?: string;
  total?: number;
  concurrent?: number;
  more?: string[];
}

describe("sweeps, end to end", { concurrency: 1 }, () => {
  let home: TestHome;
  let client: Client;

  before(async () => {
    home = await openTestHome();
    await home.file("src/train.py", program);
    await home.file("src/slow.py", slow);
    assert.equal((await home.run("job", "list")).code, 0);
    client = await home.client();
  });

  after(() => home[Symbol.asyncDispose]());

  async function create(name: string, options: SweepOptions = {}, ...args: string[]): Promise<void> {
    const { command, sampling = "{type: random, seed: 11}", total = trials, concurrent = 2 } = options;
    const text = [
      `name: ${name}`,
      "type: sweep",
      "trial:",
      "  code: src",
      `  command: ${command ?? "python train.py ${{search_space.x}} ${{search_space.kind}}"}`,
      "  environment: {image: python}",
      `environment_variables: {RAN: ${join(home.work, `${name}.ran`)}}`,
      "compute: local",
      "search_space:",
      "  x: {type: uniform, min_value: -3, max_value: 3}",
      "  kind: {type: choice, values: [a, b]}",
      "objective: {primary_metric: loss, goal: minimize}",
      `sampling_algorithm: ${sampling}`,
      `limits: {max_total_trials: ${total}, max_concurrent_trials: ${concurrent}}`,
      ...(options.more ?? []),
    ].join("\n");
    await home.file(`${name}.yml`, text);
    const created = await home.run("job", "create", "-f", `${name}.yml`, ...args);
    assert.equal(created.code, 0, created.stderr);
  }

  const trialsOf = async (run: string) => (await client.listTrials({ params: { run } })).trials;
  const jobOf = (run: string) => client.getJob({ params: { run } });

  async function logOf(run: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    const query = { path: "azureml-logs/hyperdrive.txt" };
    for await (const chunk of await client.readArtifact({ params: { run }, query })) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  async function stream(run: string): Promise<void> {
    const streamed = await home.run("job", "stream", "-n", run);
    assert.equal(streamed.code, 0, streamed.stderr);
    client = await home.client();
  }

  /** What must be the same for a seed, whatever happened on the way. */
  async function outcomeOf(run: string) {
    const job = await jobOf(run);
    const { best } = job.trials!;
    return {
      state: job.state,
      trials: (await trialsOf(run)).map(({ number, parameters, outcome, score, values }) => ({
        number,
        parameters: { ...parameters },
        outcome,
        score,
        values,
      })),
      best: best && { number: best.number, score: best.score },
    };
  }

  for (const sampling of ["{type: random, seed: 11}", "{type: bayesian, seed: 4}"]) {
    const kind = /type: (\w+)/.exec(sampling)![1]!;
    // One at a time a sampler that learns sees the same results in the same order.
    const options = kind === "random" ? { sampling } : { sampling, concurrent: 1, total: 12 };
    const total = options.total ?? trials;
    const killed = `killed-${kind}`;

    it(`loses no trial and doubles none when the server is killed again and again, ${kind}`, async (t) => {
      await create(`calm-${kind}`, options, "--stream");
      const seed = 20_261_121;
      const random = createRandom(seed);
      t.diagnostic(`moments by seed ${seed}`);

      await create(killed, options);
      let died = 0;
      const wanted = kind === "random" ? deaths : 5;
      while (died < wanted && !(await jobOf(killed)).endedAt) {
        await pause(random.below(500));
        kill((await home.server()).pid);
        died++;
        assert.equal((await home.run("job", "show", "-n", killed)).code, 0);
        client = await home.client();
      }
      await stream(killed);

      t.diagnostic(`${died} deaths`);
      assert.ok(died >= 5, "the sweep was over too soon to be killed");
      assert.deepEqual(await outcomeOf(killed), await outcomeOf(`calm-${kind}`));
      const ran = (await readFile(join(home.work, `${killed}.ran`), "utf8")).trim().split("\n");
      const runs = Array.from({ length: total }, (_, number) => `${killed}_${number}`);
      assert.deepEqual(ran.toSorted(), runs.toSorted());
      assertLogIsWhole(await logOf(killed), total);
    });
  }

  it("stops trials that do worse than the others, which keep their score", async () => {
    await create(
      "early",
      {
        command: "python slow.py ${{search_space.x}} ${{search_space.kind}}",
        sampling: "{type: random, seed: 3}",
        total: 6,
        more: ["early_termination: {type: bandit, slack_amount: 0.5, evaluation_interval: 1}"],
      },
      "--stream",
    );

    const rows = await trialsOf("early");
    const stopped = rows.filter(({ outcome }) => outcome === "stopped");
    const ended = await readFile(join(home.work, "early.ran"), "utf8");
    assert.ok(stopped.length > 0, JSON.stringify(rows));
    assert.equal((await jobOf("early")).state, "Completed");
    for (const { run, state, score, values } of stopped) {
      assert.equal(state, "Canceled");
      assert.equal(score, Math.min(...values.map(Number)));
      assert.ok(values.length < 400, `${run} logged all that it had`);
      assert.ok(!ended.includes(`${run}\n`), `${run} ran to its end`);
      assert.match((await jobOf(run)).phases.map(({ reason }) => reason).join("\n"), /stopped early/);
    }
  });

  it("lists its trials, gives the best one's files, is gone on from, and hides its trials with itself", async () => {
    const command =
      "bash -c 'python train.py ${{search_space.x}} b && echo ${{search_space.x}} > outputs/x.txt'";
    await create("first", { command, total: 6 }, "--stream");

    const listed = await home.run("job", "trials", "-n", "first");
    const downloaded = await home.run("job", "download", "-n", "first", "-p", "got");
    await create("second", { command, total: 3 }, "--resume-from", "first", "--stream");
    const archived = await home.run("job", "archive", "-n", "first");
    const refused = await home.run("job", "create", "-f", "first.yml", "--resume-from", "nobody");

    assert.equal(listed.code, 0, listed.stderr);
    const rows = JSON.parse(listed.stdout) as { number: number; score: number; status: string }[];
    assert.deepEqual(
      rows.map(({ score }) => score),
      rows.map(({ score }) => score).toSorted((a, b) => a - b),
    );
    const { best } = (await jobOf("first")).trials!;
    assert.deepEqual([rows.length, rows[0]!.number, rows[0]!.status], [6, best!.number, "completed"]);

    assert.equal(downloaded.code, 0, downloaded.stderr);
    const x = await readFile(join(home.work, "got", "artifacts", "outputs", "x.txt"), "utf8");
    assert.equal(x.trim(), String(best!.parameters["x"]));
    await readFile(join(home.work, "got", "artifacts", "azureml-logs", "hyperdrive.txt"));

    // The same sampling, so its count goes on where the earlier one ended.
    const calm = await trialsOf("calm-random");
    assert.deepEqual(
      (await trialsOf("second")).map(({ parameters }) => parameters["x"]),
      calm.slice(6, 9).map(({ parameters }) => parameters["x"]),
    );

    assert.equal(archived.code, 0, archived.stderr);
    const left = await client.listJobs({ query: { parent: "first" } });
    assert.deepEqual(left.jobs, []);
    assert.equal((await trialsOf("first")).length, 6);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /there is no job named nobody/);
  });

  it("cancels its trials with it, and leaves those that have ended as they are", async () => {
    await create("canceled", { total: 200, concurrent: 2 });
    while ((await jobOf("canceled")).trials!.completed < 2) await pause(20);

    assert.equal((await home.run("job", "cancel", "-n", "canceled")).code, 0);
    await stream("canceled");

    const { state, trials: counts, reason } = await jobOf("canceled");
    assert.equal(state, "Canceled");
    assert.match(reason, /canceled on request; best loss/);
    assert.equal(counts!.open, 0);
    assert.ok(counts!.total < 200 && counts!.completed >= 2);
    for (const { state: one } of await trialsOf("canceled")) assert.match(one, /^(Canceled|Completed)$/);
  });

  it("goes on without a trial that a person cancels", async () => {
    const command =
      "bash -c 'case $AZUREML_RUN_ID in *_1) sleep 600;; esac; python train.py ${{search_space.x}} b'";
    await create("one", { command, total: 4, concurrent: 2 });
    for (;;) {
      const stuck = (await trialsOf("one")).find(({ state, number }) => state === "Running" && number === 1);
      if (stuck) assert.equal((await home.run("job", "cancel", "-n", stuck.run)).code, 0);
      if ((await jobOf("one")).endedAt) break;
      await pause(50);
    }

    const { state, trials: counts } = await jobOf("one");
    assert.equal(state, "Completed");
    assert.deepEqual([counts!.canceled, counts!.completed], [1, 3]);
  });

  it("gives a distributed trial all of its nodes", async () => {
    const made = await home.run(
      "compute",
      "create",
      "-n",
      "pair",
      "--type",
      "amlcompute",
      "--max-instances",
      "2",
    );
    assert.equal(made.code, 0, made.stderr);
    await create(
      "spread",
      { command: '"test $AZUREML_NODE_COUNT = 2 && python train.py ${{search_space.x}} b"', total: 2 },
      "--set",
      "compute=pair",
      "--set",
      "trial.resources.instance_count=2",
      "--stream",
    );

    const { trials: counts, state } = await jobOf("spread");
    assert.deepEqual([state, counts!.completed], ["Completed", 2]);
    const ran = (await readFile(join(home.work, "spread.ran"), "utf8")).trim().split("\n");
    assert.deepEqual(ran.toSorted(), ["spread_0", "spread_0", "spread_1", "spread_1"]);
  });

  it("runs the example", async (t) => {
    if (requireProgram(t, "uv") === undefined) return;
    const file = new URL("../examples/sweep/job.yml", import.meta.url).pathname;

    const created = await home.run(
      "job",
      "create",
      "-f",
      file,
      "-n",
      "example",
      "--stream",
      "--set",
      "limits.max_total_trials=4",
      "--set",
      "limits.max_concurrent_trials=2",
    );

    assert.equal(created.code, 0, created.stderr);
    const { trials: counts } = await jobOf("example");
    assert.equal(counts!.completed + counts!.stopped, 4);
    assert.ok(counts!.best!.score < 1.2, `the loss is ${counts!.best!.score}`);
  });

  it("ends at its time limit with what it has", async () => {
    await create(
      "limited",
      {
        total: 500,
        more: [],
        command: "python train.py ${{search_space.x}} ${{search_space.kind}}",
      },
      "--set",
      "limits.timeout=3",
    );
    await stream("limited");

    const { state, reason, trials: counts } = await jobOf("limited");
    assert.equal(state, "Completed");
    assert.match(reason, /time limit of 3 seconds with \d+ of 500 trials begun/);
    assert.ok(counts!.completed > 0 && counts!.open === 0);
  });

  it("says after the first trial which metrics were logged instead of the one it wants", async () => {
    await create("misnamed", { total: 2 }, "--set", "objective.primary_metric=lost", "--stream");

    const { notes, trials: counts } = await jobOf("misnamed");
    const warnings = notes.filter(({ level }) => level === "warning").map(({ message }) => message);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /primary metric "lost"; it logged loss\. Did you mean loss\?/);
    assert.deepEqual([counts!.completed, counts!.best], [2, null]);
  });
});

/** Its trials of kind b are far off, and take long enough to be stopped. */
const slow = `
import os, sys, time
from azureml.core import Run
run = Run.get_context()
kind = sys.argv[2]
for step in range(4 if kind == "a" else 400):
    run.log("loss", 1.0 if kind == "a" else 5.0 - step / 1000)
    time.sleep(0.05)
with open(os.environ["RAN"], "a") as ran:
    ran.write(os.environ["AZUREML_RUN_ID"] + "\\n")
`;

/** Each trial begins and ends once, begins in the order of the numbers, and the sweep ends last. */
function assertLogIsWhole(log: string, total: number): void {
  const lines = log
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\S+ /, ""));
  const numbers = (pattern: RegExp) =>
    lines.flatMap((line) => {
      const match = pattern.exec(line);
      return match ? [Number(match[1])] : [];
    });
  const all = Array.from({ length: total }, (_, number) => number);
  assert.match(lines[0]!, /trials at most/);
  assert.deepEqual(numbers(/^trial (\d+) begins: x=/), all);
  assert.deepEqual(
    numbers(/^trial (\d+) completed: loss /).toSorted((a, b) => a - b),
    all,
  );
  assert.match(lines.at(-1)!, /^Completed: /);
  assert.equal(lines.length, 2 * total + 2);
}
