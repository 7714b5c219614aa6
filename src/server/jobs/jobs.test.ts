import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { aSpec, onCompute } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { untilState } from "../../../test/support/until-state.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import { Refused } from "../../core/refused.ts";

let server: TestServer;
let agent: FakeAgent;
before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
});
after(() => server[Symbol.asyncDispose]());

const submit = (name: string, changes: Partial<JobSpec> = {}) =>
  server.client.createJob({ body: { spec: asWireSpec(aSpec({ name, ...changes })) } });
const get = (run: string) => server.client.getJob({ params: { run } });
const refusedWith = (code: string, words?: RegExp) => (error: unknown) =>
  error instanceof Refused &&
  error.code === code &&
  (words === undefined || words.test(`${error.message} ${error.hint}`));

test("A submitted job comes back whole, and every way of asking shows the same", async () => {
  const spec = aSpec({
    name: "whole",
    displayName: "A name to show",
    description: "what for",
    tags: { team: "vision" },
    properties: { origin: "test" },
    environmentVariables: { SEED: "1" },
    timeoutSeconds: 60,
  });

  const job = await server.client.createJob({ body: { spec: asWireSpec(spec), createdBy: "ana" } });

  assert.deepEqual(job.spec, spec);
  assert.deepEqual(
    [job.name, job.displayName, job.description, job.createdBy, job.number, job.experimentName],
    ["whole", "A name to show", "what for", "ana", 1, "tests"],
  );
  assert.deepEqual([{ ...job.tags }, { ...job.properties }], [{ team: "vision" }, { origin: "test" }]);
  const { jobs } = await server.client.listJobs({ query: { experiment: "tests", limit: 1 } });
  assert.deepEqual(jobs[0]?.spec, spec);
});

test("A job without a name gets one", async () => {
  const { name: _, ...spec } = aSpec();

  const job = await server.client.createJob({ body: { spec: asWireSpec(spec) } });

  assert.match(job.name, /^[a-z]+_[a-z]+_\w{10}$/);
  assert.equal(job.spec.name, job.name);
});

test("A name is given once, however many ask for it at the same time", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => submit("contested")));

  assert.equal(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected")
      assert.ok(refusedWith("conflict", /contested exists already/)(outcome.reason));
  }
});

test("All that this workspace has against a job is told at once, with the nearest names", async () => {
  await server.client.createCompute({ params: { compute: "gpu-cluster" }, body: {} });
  const spec = aSpec({
    ...onCompute("gpu-clutser"),
    environment: { reference: { kind: "asset", name: "AzureML-Minmal" } },
    code: { kind: "snapshot", id: "a".repeat(64) },
    inputs: {
      data: { kind: "data", mode: "download", source: { kind: "datastore", datastore: "d", path: "p" } },
      lake: {
        kind: "data",
        mode: "mount",
        source: { kind: "uri", uri: "abfss://f@a.dfs.core.windows.net/x" },
      },
      address: { kind: "data", mode: "direct", source: { kind: "uri", uri: "adl://a/x" } },
    },
  });

  const { problems } = await server.client.validateJob({ body: { spec: asWireSpec(spec) } });
  const refusal = await server.client.createJob({ body: { spec: asWireSpec(spec) } }).then(
    () => assert.fail("it was taken"),
    (error: unknown) => error as Refused,
  );

  const places = problems.map((problem) => problem.path);
  assert.deepEqual(places, ["compute.target", "inputs.data", "inputs.lake", "environment"]);
  assert.match(problems[2]!.message, /fetches no abfss: addresses, only http and https/);
  const compute = problems[0]!;
  assert.match(
    compute.message,
    /no compute named gpu-clutser; known: gpu-cluster, local\. Did you mean gpu-cluster\?/,
  );
  assert.match(compute.hint!, /trainyard compute create -n gpu-clutser/);
  assert.match(problems[3]!.message, /Did you mean AzureML-Minimal\?/);
  assert.equal(refusal.code, "invalid");
  const told = refusal.details?.["problems"] as { path: string }[];
  assert.deepEqual(
    new Set(told.map((problem) => problem.path)),
    new Set([...places, "code"]),
    "and the code is not here",
  );
});

test("A job that is right has no problems, and asking submits nothing", async () => {
  const spec = asWireSpec(aSpec({ name: "only-asked" }));

  assert.deepEqual(await server.client.validateJob({ body: { spec } }), { problems: [] });

  await assert.rejects(get("only-asked"), refusedWith("not-found"));
});

test("Pages of the list hold every job once, though jobs are added while they are read", async () => {
  const experimentName = "paged";
  const names = Array.from({ length: 9 }, (_, index) => `paged-${index}`);
  for (const name of names) await submit(name, { experimentName });

  const seen: string[] = [];
  let before: string | undefined;
  for (let page = 0; page === 0 || before !== undefined; page++) {
    const answer = await server.client.listJobs({ query: { experiment: experimentName, limit: 2, before } });
    seen.push(...answer.jobs.map((job) => job.name));
    before = answer.next ?? undefined;
    await submit(`paged-late-${page}`, { experimentName });
  }

  assert.deepEqual(seen, names.toReversed());
  await assert.rejects(server.client.listJobs({ query: { before: "x" } }), refusedWith("invalid"));
});

test("Tags change and go; properties are added once; one clash leaves all as it was", async () => {
  await submit("labelled", { tags: { keep: "1", drop: "1" }, properties: { fixed: "1" } });
  const params = { run: "labelled" };

  const job = await server.client.updateJob({
    params,
    body: { tags: { drop: null, keep: "2", fresh: "3" }, properties: { added: "1", fixed: "1" } },
  });
  assert.deepEqual({ ...job.tags }, { keep: "2", fresh: "3" });
  assert.deepEqual({ ...job.properties }, { added: "1", fixed: "1" });

  const clash = { displayName: "changed", tags: { keep: "9" }, properties: { fixed: "2", other: "1" } };
  await assert.rejects(server.client.updateJob({ params, body: clash }), refusedWith("immutable", /fixed/));
  const after = await get("labelled");
  assert.deepEqual(
    [after.displayName, { ...after.tags }, { ...after.properties }],
    ["labelled", { keep: "2", fresh: "3" }, { added: "1", fixed: "1" }],
  );
});

test("What a job is does not change, whatever is sent", async () => {
  const job = await submit("fixed");
  const answer = await server.fetch("/api/v1/jobs/fixed", {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      state: "Completed",
      name: "other",
      spec: aSpec({ command: { source: "rm", parts: [] } }),
      exitCode: 0,
    }),
  });

  assert.equal(answer.status, 200);
  const after = await get("fixed");
  assert.deepEqual([after.spec, after.name, after.exitCode], [job.spec, "fixed", null]);
  assert.notEqual(after.state, "Completed");
});

test("Only jobs that have ended are archived; an archived job is hidden until it is restored", async () => {
  const experimentName = "archive";
  await submit("old", { experimentName });
  const params = { run: "old" };
  const listed = async (archived: "exclude" | "include" | "only") =>
    (await server.client.listJobs({ query: { experiment: experimentName, archived } })).jobs.map(
      (job) => job.name,
    );
  await assert.rejects(server.client.archiveJob({ params }), refusedWith("wrong-state", /old is \w+/));

  const { attempt } = await agent.orderFor("old");
  await agent.end(attempt, "succeeded");
  await untilState(server.client, "old", "Completed");
  assert.equal((await server.client.archiveJob({ params })).archived, true);

  assert.deepEqual(
    [await listed("exclude"), await listed("include"), await listed("only")],
    [[], ["old"], ["old"]],
  );
  assert.equal((await get("old")).name, "old", "by name it is still found");
  assert.equal((await server.client.restoreJob({ params })).archived, false);
  assert.deepEqual(await listed("exclude"), ["old"]);
});

test("A job's phases tell when each state began and ended, and why", async () => {
  await submit("phased");
  const { attempt } = await agent.orderFor("phased");
  await agent.report(attempt, "Preparing", "building the environment");
  assert.equal((await get("phased")).reason, "building the environment");
  assert.equal(await agent.report(attempt, "Queued"), true);
  await agent.orderWhere((order) => order.attempt === attempt && order.go);
  await agent.report(attempt, "Running");
  assert.equal(await agent.report(attempt, "Queued"), false, "an earlier phase is ignored");
  await agent.report(attempt, "Finalizing");
  await agent.end(attempt, "exited-nonzero", {
    exitCode: 2,
    message: "ValueError: no",
    traceback: "the last lines",
  });
  await untilState(server.client, "phased", "Failed");

  const job = await get("phased");

  assert.deepEqual(
    job.phases.map((phase) => phase.state),
    ["Starting", "Preparing", "Queued", "Running", "Finalizing", "Failed"],
  );
  for (const phase of job.phases) assert.notEqual(phase.endedAt, null, phase.state);
  assert.deepEqual([job.state, job.exitCode, job.reason, job.attempt], ["Failed", 2, "ValueError: no", 1]);
  const { error } = job.error as { error: { code: string; message: string; details: unknown } };
  assert.deepEqual(
    [error.code, error.message, error.details],
    ["UserError", "ValueError: no", [{ message: "the last lines" }]],
  );
  assert.ok(job.startedAt !== null && job.endedAt !== null);
});

test("Canceling asks once, is answered at once, and on a finished job changes nothing", async () => {
  await submit("stopped");
  const params = { run: "stopped" };
  const { attempt } = await agent.orderFor("stopped");
  await agent.report(attempt, "Running");

  assert.equal((await server.client.cancelJob({ params })).state, "CancelRequested");
  assert.equal((await server.client.cancelJob({ params })).state, "CancelRequested");
  const order = await agent.orderWhere((one) => one.attempt === attempt && one.stop !== null);
  assert.equal(order.stop, "canceled");
  await agent.end(attempt, "canceled");
  await untilState(server.client, "stopped", "Canceled");

  const job = await server.client.cancelJob({ params });
  assert.equal(job.state, "Canceled");
  assert.equal(job.phases.filter((phase) => phase.state === "Canceled").length, 1);
});

test("What does not exist is told by name, for every way of asking for a job", async () => {
  const params = { run: "nobody" };
  const calls = [
    server.client.getJob({ params }),
    server.client.cancelJob({ params }),
    server.client.archiveJob({ params }),
    server.client.restoreJob({ params }),
    server.client.updateJob({ params, body: {} }),
    server.client.getRun({ params }),
    server.client.listArtifacts({ params }),
    server.client.recordOffset({ params }),
  ];
  for (const call of calls) await assert.rejects(call, refusedWith("not-found", /nobody/));
});

test("A run whose own records are longer than a request may be can still be shown", async () => {
  await submit("wordy");
  const params = { run: "wordy" };
  const long = "x".repeat(20_000);
  const records = [
    { t: "p", n: "param", v: long },
    { t: "g", n: "tag".repeat(200), v: long },
    { t: "e", v: long },
    { t: "d", v: long },
  ];
  const body = records.map((record) => `${JSON.stringify(record)}\n`).join("");

  await server.client.appendRecords({ params, query: { stream: "s", offset: 0 }, body });

  assert.equal((await get("wordy")).description, long);
  assert.equal((await server.client.getRun({ params })).params["param"], long);
  assert.equal(
    (await server.client.listJobs({ query: { limit: 1000 } })).jobs.filter((job) => job.name === "wordy")
      .length,
    1,
  );
});

test("Lines that are no records are counted and left out; the others of the request are kept", async () => {
  await submit("recorded");
  const params = { run: "recorded" };
  const lines = [
    '{"t":"m","n":"loss","v":"NaN","at":1}',
    "no json",
    '{"t":"m","n":"loss","v":"1","at":1}',
    '{"t":"m","n":"","v":1,"at":1}',
    '{"t":"m","n":"loss","v":2,"at":1.5}',
    `{"t":"x","n":"deep","k":"table","v":${"[".repeat(50_000)}${"]".repeat(50_000)},"at":1}`,
    "null",
    "[]",
    '{"t":"m","n":"loss","v":0.5,"s":3,"at":2}',
  ];
  const body = `${lines.join("\n")}\n`;

  const answer = await server.client.appendRecords({ params, query: { stream: "s", offset: 0 }, body });

  assert.deepEqual(answer, { offset: Buffer.byteLength(body), skipped: 7 });
  const metric = await server.client.getMetric({ params, query: { name: "loss" } });
  assert.deepEqual(
    [metric.values, metric.steps, metric.index],
    [
      ["NaN", 0.5],
      [null, 3],
      [0, 1],
    ],
  );
  await assert.rejects(
    server.client.appendRecords({ params, query: { stream: "s", offset: 0 }, body }),
    (error) => error instanceof Refused && error.details?.["expected"] === Buffer.byteLength(body),
  );
  await assert.rejects(
    server.client.appendRecords({ params, query: { stream: "t", offset: 0 }, body: '{"t":"d","v":"half' }),
    refusedWith("invalid", /whole line/),
  );
});
