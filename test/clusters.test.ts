// Named clusters with the real command line, server and agent: who runs when, who makes room, and who begins again.
import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { asWireSpec } from "../src/api/job-spec.ts";
import type { Job } from "../src/api/jobs.ts";
import type { JobSpec } from "../src/core/job-spec.ts";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { aSpec } from "./support/specs.ts";
import { makeTempFolder } from "./support/temp-folder.ts";

// The agent inherits it: a job of a second is sampled too.
process.env["TRAINYARD_SAMPLE_SECONDS"] = "0.2";

const command = (text: string): Pick<JobSpec, "command"> => ({
  command: { source: text, parts: [{ text }] },
});

async function submit(
  home: TestHome,
  name: string,
  target: string,
  changes: Partial<JobSpec>,
): Promise<void> {
  const client = await home.client();
  const compute = { target, instanceCount: 1 };
  await client.createJob({ body: { spec: asWireSpec(aSpec({ name, compute, ...changes })) } });
}

async function until(home: TestHome, name: string, isThere: (job: Job) => boolean): Promise<Job> {
  const client = await home.client();
  for (let turn = 0; ; turn++) {
    const job = await client.getJob({ params: { run: name } });
    if (isThere(job)) return job;
    assert.ok(turn < 1200, `${name} is still ${job.state}: ${job.reason}`);
    await setTimeout(100);
  }
}

async function readText(home: TestHome, run: string, path: string): Promise<string> {
  const client = await home.client();
  const parts = [];
  for await (const part of await client.readArtifact({ params: { run }, query: { path } })) parts.push(part);
  return Buffer.concat(parts).toString();
}

const isOver = ({ state }: Job) => ["Completed", "Failed", "Canceled"].includes(state);

async function openCluster(home: TestHome, name: string, ...more: string[]): Promise<void> {
  const made = await home.run("compute", "create", "-n", name, "--type", "amlcompute", ...more);
  assert.equal(made.code, 0, made.stderr);
}

describe("A cluster", { timeout: 600_000 }, () => {
  it("runs two hundred jobs in the order of priority and submission", async () => {
    await using home = await openTestHome();
    await openCluster(home, "four", "--max-instances", "4");
    const open = join(home.work, "open");
    await submit(home, "holder", "four", {
      ...command(`until [ -e ${open} ]; do sleep 0.05; done`),
      compute: { target: "four", instanceCount: 4 },
    });
    await until(home, "holder", ({ state }) => state === "Running");
    const jobs = Array.from({ length: 200 }, (_, index) => ({
      name: `job-${String(index).padStart(3, "0")}`,
      priority: ["medium", "low", "high", "medium"][index % 4]!,
    }));
    for (const { name, priority } of jobs)
      await submit(home, name, "four", { ...command("true"), queueSettings: { priority } });
    for (const { name } of jobs) await until(home, name, ({ state }) => state === "Queued");
    const shown = JSON.parse((await home.run("compute", "show", "-n", "four")).stdout) as {
      waiting: { job: string; position: number; reason: string }[];
      nodes: { state: string; job: string }[];
    };

    await writeFile(open, "");
    const ends = [];
    for (const { name } of jobs) ends.push(await until(home, name, isOver));

    const rank = ["high", "medium", "low"];
    const expected = rank.flatMap((word) =>
      jobs.filter(({ priority }) => priority === word).map(({ name }) => name),
    );
    assert.deepEqual(
      shown.waiting.map(({ job }) => job),
      expected,
    );
    assert.match(
      shown.waiting[0]!.reason,
      /waiting for a node of four: 4 of 4 busy \(holder\), next in line/,
    );
    assert.match(shown.waiting[199]!.reason, /199 ahead/);
    assert.deepEqual(
      [...new Set(shown.nodes.map(({ state, job }) => `${state} ${job}`))],
      ["running holder"],
    );
    assert.ok(ends.every(({ state }) => state === "Completed"));
    // Placed in this order, so that none was overtaken by one that a whole round of four stood behind it.
    const started = ends.toSorted((a, b) => placedAt(a) - placedAt(b)).map(({ name }) => name);
    for (const [index, name] of started.entries())
      assert.ok(Math.abs(expected.indexOf(name) - index) < 4, `${name} was placed as number ${index}`);
  });

  it("of low priority makes room for a dedicated one; the job is warned, begins again and goes on", async () => {
    await using home = await openTestHome();
    const cores = availableParallelism();
    await openCluster(home, "spare", "--tier", "low_priority", "--max-instances", String(cores));
    await openCluster(home, "own");
    const script =
      `if [ -e outputs/mark ]; then echo "attempt $TRAINYARD_ATTEMPT goes on"; exit 0; fi; ` +
      `trap 'echo warned; echo x > outputs/mark; exit 0' TERM; echo up; while :; do sleep 0.1; done`;
    await submit(home, "low", "spare", {
      ...command(script),
      compute: { target: "spare", instanceCount: cores },
      properties: { "trainyard.resume": "true" },
    });
    await until(home, "low", ({ state }) => state === "Running");
    await setTimeout(1000);

    await submit(home, "urgent", "own", command("echo done"));
    const [urgent, low] = [await until(home, "urgent", isOver), await until(home, "low", isOver)];

    assert.deepEqual([urgent.state, low.state, low.attempt], ["Completed", "Completed", 2]);
    const notes = low.notes.map(({ message }) => message).join("\n");
    assert.match(notes, /preempted: its low-priority nodes are needed by urgent/);
    assert.match(notes, /attempt 1 ended: .*; trying again \(1 of 10 retries\)/);
    const log = await readText(home, "low", "azureml-logs/70_driver_log.txt");
    assert.match(log, /up\n[^]*warned\n[^]*attempt 2 goes on\n/);
    assert.match(
      await readText(home, "low", "azureml-logs/65_job_prep-spare.txt"),
      /restored 1 files, 2 bytes, of the attempts before/,
    );
  });

  it("begins a job again as often as it was told to, and samples what it uses", async () => {
    await using home = await openTestHome();
    const file = await home.file(
      "flaky.yml",
      `command: sleep 1; echo "attempt $TRAINYARD_ATTEMPT"; [ $TRAINYARD_ATTEMPT = 3 ]\nenvironment: {interpreter: python3}\ncompute: {target: local}\n`,
    );

    const made = await home.run("job", "create", "-f", file, "-n", "flaky", "--retries", "2", "--stream");

    assert.equal(made.code, 0, made.stdout + made.stderr);
    assert.match(made.stdout, /attempt 1\n[^]*attempt 2\n[^]*attempt 3\n/);
    const client = await home.client();
    const { metrics } = await client.getRun({ params: { run: "flaky" } });
    const names = metrics.map(({ name }) => name);
    for (const name of [
      "cpu_utilization_percentage",
      "system_memory_usage_megabytes",
      "disk_usage_percentage",
      "network_receive_megabytes",
      "process_memory_usage_megabytes",
    ])
      assert.ok(names.includes(`system/${name}`), `${name} in ${names.join(", ")}`);
  });

  it("gives each node its own graphics cards, lets the next job wait for one, and samples a job's own", async () => {
    await using fake = await makeTempFolder();
    const program = join(fake.path, "nvidia-smi");
    await writeFile(
      program,
      `#!/bin/sh
case $1 in
  --query-gpu=index) printf '0\\n1\\n';;
  *) while :; do printf '0, 37, 100, 1000, [N/A]\\n1, 90, 500, 1000, 75.5\\n' || exit; sleep 0.1; done;;
esac
`,
    );
    await chmod(program, 0o755);
    // Server and agent inherit it.
    const before = process.env["PATH"];
    process.env["PATH"] = `${fake.path}:${before}`;
    await using home = await openTestHome();
    process.env["PATH"] = before;
    const one = { cores: 1, memory_gib: 1, gpus: 1 };
    await home.run("server", "start");
    await writeFile(join(home.folder, "sizes.json"), JSON.stringify({ one }));
    await openCluster(home, "cards", "--size", "one");
    const open = join(home.work, "open");
    const waits = command(`echo "cards $CUDA_VISIBLE_DEVICES"; until [ -e ${open} ]; do sleep 0.1; done`);
    // Two that are submitted together may be prepared, and placed, in either order.
    for (const name of ["first", "second"]) {
      await submit(home, name, "cards", waits);
      await until(home, name, ({ state }) => state === "Running");
    }
    await submit(home, "third", "cards", waits);
    const third = await until(
      home,
      "third",
      ({ state, reason }) => state === "Queued" && /card/.test(reason),
    );
    const client = await home.client();
    const metricsOf = async (run: string) => (await client.getRun({ params: { run } })).metrics;
    for (let turn = 0; !(await metricsOf("second")).some(({ name }) => /gpu/.test(name)); turn++) {
      assert.ok(turn < 600, "no card was sampled");
      await setTimeout(100);
    }
    const { nodes } = await client.getCompute({ params: { compute: "cards" } });
    await writeFile(open, "");
    for (const name of ["first", "second", "third"]) await until(home, name, isOver);

    assert.match(third.reason, /^waiting for a graphics card: 2 of 2 are taken, next in line/);
    const cards = nodes.map(({ run, gpus }) => [run, gpus]);
    assert.deepEqual(cards, [
      ["first", [0]],
      ["second", [1]],
    ]);
    for (const [name, card] of [
      ["first", 0],
      ["second", 1],
    ])
      assert.match(
        await readText(home, String(name), "azureml-logs/70_driver_log.txt"),
        new RegExp(`^cards ${card}$`, "m"),
      );
    const sampled = (await metricsOf("second")).filter(({ name }) => /gpu/.test(name));
    assert.deepEqual(sampled.map(({ name }) => name).sort(), [
      "system/gpu_1_memory_usage_megabytes",
      "system/gpu_1_memory_usage_percentage",
      "system/gpu_1_power_usage_watts",
      "system/gpu_1_utilization_percentage",
    ]);
    const wide = await home.file(
      "wide.yml",
      "command: echo\nenvironment: {interpreter: python3}\ncompute: {target: cards, instance_count: 3}\n",
    );
    const refused = await home.run("job", "create", "-f", wide);
    assert.match(refused.stderr, /3 nodes of the size one have 3 graphics cards, and this machine has 2/);
  });

  it("takes the priority that the command line gives, in any dialect", async () => {
    await using home = await openTestHome();
    const file = await home.file(
      "job.yml",
      "command: echo\nenvironment: {interpreter: python3}\ncompute: {target: local}\n",
    );

    const made = await home.run("job", "create", "-f", file, "-n", "first", "--priority", "high");

    assert.equal(made.code, 0, made.stderr);
    const client = await home.client();
    const { spec } = await client.getJob({ params: { run: "first" } });
    assert.deepEqual(spec.queueSettings, { priority: "high" });
    const again = await home.run(
      "job",
      "create",
      "--from",
      "first",
      "-n",
      "again",
      "--priority",
      "low",
      "--retries",
      "2",
    );
    assert.equal(again.code, 0, again.stderr);
    const copy = (await client.getJob({ params: { run: "again" } })).spec;
    assert.deepEqual(
      [copy.queueSettings, copy.properties["trainyard.max_retries"]],
      [{ priority: "low" }, "2"],
    );
    assert.match(
      (await home.run("job", "create", "-f", file, "--priority", "urgent")).stderr,
      /low, medium, high/,
    );
  });

  it("refuses what this machine has not got, with the reason", async () => {
    await using home = await openTestHome();
    await openCluster(home, "gpus", "--size", "mine");
    await writeFile(
      join(home.folder, "sizes.json"),
      JSON.stringify({ mine: { cores: 1, memory_gib: 1, gpus: 99 } }),
    );
    const file = await home.file(
      "job.yml",
      "command: echo\nenvironment: {interpreter: python3}\ncompute: {target: gpus}\n",
    );

    const made = await home.run("job", "create", "-f", file);

    assert.notEqual(made.code, 0);
    assert.match(made.stderr, /a node of the size mine has 99 graphics cards \(this machine has \d+\)/);
  });
});

/** When its nodes were given to it. */
const placedAt = ({ phases, startedAt }: Job): number =>
  startedAt ?? phases.find(({ state }) => state === "Running")?.startedAt ?? 0;
