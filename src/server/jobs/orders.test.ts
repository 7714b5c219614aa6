import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { aSpec, onCompute } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { untilState } from "../../../test/support/until-state.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { Refused } from "../../core/refused.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const submit = (name: string, target = "local") =>
  server.client.createJob({ body: { spec: asWireSpec(aSpec({ name, ...onCompute(target) })) } });
const isSuperseded = (error: unknown) => error instanceof Refused && error.code === "superseded";
const patient = 60;

test("A poll that waits is answered when an order comes, changes, or goes", async () => {
  const agent = await startFakeAgent(server);
  const poll = (version: string) =>
    agent.client.pollOrders({
      params: { agent: "local" },
      body: { epoch: agent.epoch, version, known: [], waitSeconds: patient },
    });
  const nothing = await poll("");
  assert.deepEqual(nothing.orders, []);

  const comes = poll(nothing.version);
  await submit("a");
  const come = await comes;
  assert.equal(come.orders[0]?.work?.run, "a");
  assert.equal(come.orders[0].go, false);

  const changes = poll(come.version);
  await agent.report(come.orders[0].attempt, "Queued");
  const changed = await changes;
  assert.equal(changed.orders[0]?.go, true);

  const stops = poll(changed.version);
  await server.client.cancelJob({ params: { run: "a" } });
  const stopped = await stops;
  assert.equal(stopped.orders[0]?.stop, "canceled");

  const goes = poll(stopped.version);
  await agent.end(come.orders[0].attempt, "canceled");
  assert.deepEqual((await goes).orders, []);
});

test("The work of an attempt is told once asked for, and left out when it is known", async () => {
  const agent = await startFakeAgent(server);
  const job = await submit("worked");
  const order = await agent.orderFor("worked");

  assert.deepEqual(order.work?.spec, job.spec);
  assert.equal(order.work.attemptNumber, 1);
  assert.deepEqual(order.work.experiment.name, "tests");
  assert.equal(order.work.jobToken, server.tokens.forJob(order.attempt));
  const { orders } = await agent.client.pollOrders({
    params: { agent: "local" },
    body: { epoch: agent.epoch, version: "", known: [order.attempt], waitSeconds: 0 },
  });
  assert.equal(orders.find((one) => one.attempt === order.attempt)?.work, undefined);
  await agent.end(order.attempt, "succeeded");
});

test("A newer agent of the name supersedes the older: at once, in everything it asks or tells", async () => {
  const older = await startFakeAgent(server);
  await submit("fenced");
  const { attempt } = await older.orderFor("fenced");
  const { version } = await older.client.pollOrders({
    params: { agent: "local" },
    body: { epoch: older.epoch, version: "", known: [], waitSeconds: 0 },
  });
  const waiting = older.client.pollOrders({
    params: { agent: "local" },
    body: { epoch: older.epoch, version, known: [], waitSeconds: patient },
  });

  const newer = await startFakeAgent(server);

  assert.ok(newer.epoch > older.epoch);
  await assert.rejects(waiting, isSuperseded);
  await assert.rejects(older.report(attempt, "Running"), isSuperseded);
  await assert.rejects(older.end(attempt, "succeeded"), isSuperseded);
  assert.equal((await newer.orderFor("fenced")).attempt, attempt);
  await newer.end(attempt, "succeeded");
});

test("What is told twice changes nothing the second time", async () => {
  const agent = await startFakeAgent(server);
  await submit("twice");
  const { attempt } = await agent.orderFor("twice");
  const events = async () => (await server.client.listEvents({ query: { run: "twice" } })).events;

  await agent.report(attempt, "Running", "the command runs");
  const afterOnce = await events();
  await agent.report(attempt, "Running", "the command runs");
  assert.deepEqual(await events(), afterOnce);

  const end = { exitCode: 3, message: "first" };
  await agent.end(attempt, "exited-nonzero", end);
  await agent.end(attempt, "succeeded", { message: "second" });
  await untilState(server.client, "twice", "Failed");
  const job = await server.client.getJob({ params: { run: "twice" } });
  assert.deepEqual([job.state, job.exitCode, job.reason], ["Failed", 3, "first"]);
});

test("Jobs wait in line, told why, and the next one goes when a node is free", async () => {
  const agent = await startFakeAgent(server);
  await server.client.createCompute({ params: { compute: "single" }, body: { maxInstances: 1 } });
  const attempts: string[] = [];
  for (const run of ["first", "second", "third"]) {
    await submit(run, "single");
    const { attempt } = await agent.orderFor(run);
    attempts.push(attempt);
    await agent.report(attempt, "Queued");
  }
  await agent.orderWhere((order) => order.attempt === attempts[2] && /1 ahead/.test(order.queueReason));

  const compute = await server.client.getCompute({ params: { compute: "single" } });
  assert.deepEqual(
    compute.nodes.map((node) => [node.name, node.state, node.run]),
    [["single-0", "preparing", "first"]],
  );
  assert.deepEqual(
    compute.waiting.map((one) => [one.run, one.position]),
    [
      ["second", 1],
      ["third", 2],
    ],
  );
  const third = await server.client.getJob({ params: { run: "third" } });
  assert.deepEqual([third.state, third.queuePosition], ["Queued", 2]);

  await agent.end(attempts[0]!, "succeeded");
  // The first is listed until it is closed.
  const next = await agent.orderWhere((order) => order.go && attempts.indexOf(order.attempt) > 0);
  assert.equal(next.attempt, attempts[1]);
});

test("An end brings the rest of the records and the logs with it, and counts once however often it is told", async () => {
  const agent = await startFakeAgent(server);
  await submit("whole");
  const { attempt } = await agent.orderFor("whole");
  await agent.report(attempt, "Queued");
  await agent.report(attempt, "Running");
  const lines = `${JSON.stringify({ t: "m", n: "loss", v: 0.5, at: 1 })}\n`;
  const base64 = Buffer.from("hello\n").toString("base64");
  const end = {
    params: { attempt },
    body: {
      epoch: agent.epoch,
      reason: "succeeded" as const,
      exitCode: 0,
      message: null,
      traceback: null,
      at: Date.now(),
      records: [{ stream: "1.0.a.ndjson", offset: 0, lines }],
      files: [{ path: "azureml-logs/70_driver_log.txt", alias: "user_logs/std_log.txt", base64 }],
    },
  };

  await Promise.all([agent.client.endAttempt(end), agent.client.endAttempt(end)]);
  await agent.client.endAttempt(end);
  await untilState(server.client, "whole", "Completed");

  const params = { run: "whole" };
  const metric = await server.client.getMetric({ params, query: { name: "loss" } });
  assert.deepEqual(metric.values, [0.5]);
  assert.deepEqual((await server.client.recordOffset({ params })).streams, { "1.0.a.ndjson": lines.length });
  const { artifacts } = await server.client.listArtifacts({ params, query: {} });
  assert.deepEqual(
    artifacts.map(({ path, sizeBytes, growing }) => [path, sizeBytes, growing]),
    [
      ["azureml-logs/70_driver_log.txt", 6, false],
      ["user_logs/std_log.txt", 6, false],
    ],
  );
});

test("What came whole with an end is read like any file, small or large, and goes on growing", async () => {
  const agent = await startFakeAgent(server);
  await submit("small-and-large");
  const { attempt } = await agent.orderFor("small-and-large");
  const params = { run: "small-and-large" };
  const texts = { small: "hello\n", large: "x".repeat(100_000) };
  const files = Object.entries(texts).map(([path, text]) => ({ path, base64: btoa(text) }));
  const end = { reason: "succeeded" as const, exitCode: 0, message: null, traceback: null, at: Date.now() };
  await agent.client.endAttempt({ params: { attempt }, body: { epoch: agent.epoch, ...end, files } });
  const read = async (path: string, start = 0) => {
    const body = await server.client.readArtifact({ params, query: { path, start } });
    return Buffer.concat(await Array.fromAsync(body)).toString();
  };

  assert.equal(await read("small"), texts.small);
  assert.equal(await read("small", 2), "llo\n");
  assert.equal(await read("large"), texts.large);
  for (const path of ["small", "large"]) {
    const offset = texts[path as keyof typeof texts].length;
    const query = { path, offset, close: "true" };
    await server.client.appendArtifact({ params, query, body: Buffer.from("again\n") });
    assert.equal(await read(path, offset - 1), `${texts[path as keyof typeof texts].at(-1)}again\n`);
  }
  const { artifacts } = await server.client.listArtifacts({ params, query: {} });
  assert.deepEqual(
    artifacts.map(({ path, sizeBytes }) => [path, sizeBytes]),
    [
      ["large", 100_006],
      ["small", 12],
    ],
  );
});

test("An end whose records do not go on where the stream stands is refused whole", async () => {
  const agent = await startFakeAgent(server);
  await submit("gap");
  const { attempt } = await agent.orderFor("gap");
  const end = { reason: "succeeded" as const, exitCode: 0, message: null, traceback: null, at: Date.now() };
  const records = [{ stream: "1.0.a.ndjson", offset: 7, lines: "{}\n" }];

  await assert.rejects(
    agent.client.endAttempt({ params: { attempt }, body: { epoch: agent.epoch, ...end, records } }),
    (error) => error instanceof Refused && error.code === "conflict",
  );
  assert.ok((await agent.orders()).some((order) => order.attempt === attempt));
  await agent.end(attempt, "canceled");
});
