import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { startProgram } from "../../test/support/child-lines.ts";
import { startFakeAgent } from "../../test/support/fake-agent.ts";
import { createRecordingEngine } from "../../test/support/recording-engine.ts";
import { aSpec } from "../../test/support/specs.ts";
import { makeTempFolder } from "../../test/support/temp-folder.ts";
import { startTestServer, testConfig } from "../../test/support/test-server.ts";
import type { TestServer } from "../../test/support/test-server.ts";
import { createClient, readText } from "../api/client.ts";
import { createHttpTransport } from "../api/http-transport.ts";
import { asWireSpec } from "../api/job-spec.ts";
import { Refused } from "../core/refused.ts";
import { readLastPort, writeServerFile } from "./home.ts";
import { startServer } from "./start.ts";

const serverProgram = join(import.meta.dirname, "../../test/support/server-process.fixture.ts");

/** Everything that a person can ask about the workspace. */
async function askEverything({ client }: TestServer) {
  const params = { run: "a" };
  const { url: _, trackingUri: __, ...workspace } = await client.getWorkspace({});
  return {
    workspace,
    jobs: await client.listJobs({}),
    run: await client.getRun({ params }),
    loss: await client.getMetric({ params, query: { name: "loss" } }),
    offsets: await client.recordOffset({ params }),
    artifacts: await client.listArtifacts({ params }),
    log: await readText(await client.readArtifact({ params, query: { path: "log" } })),
    model: await readText(await client.readArtifact({ params, query: { path: "model" } })),
    computes: await client.listComputes({}),
    experiments: await client.listExperiments({}),
    events: await client.listEvents({}),
  };
}

test("A server that is started again on its home knows everything that it knew", async () => {
  await using server = await startTestServer();
  const { client } = server;
  const params = { run: "a" };
  await client.createCompute({ params: { compute: "gpu" }, body: { maxInstances: 3, tags: { a: "b" } } });
  await client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a", tags: { x: "y" } })) } });
  const agent = await startFakeAgent(server);
  const { attempt } = await agent.orderFor("a");
  await agent.report(attempt, "Running");
  const body = '{"t":"m","n":"loss","v":"Infinity","at":1}\n{"t":"p","n":"lr","v":"1"}\n';
  await client.appendRecords({ params, query: { stream: "s", offset: 0 }, body });
  await client.appendArtifact({
    params,
    query: { path: "log", offset: 0, alias: "old-log" },
    body: "lines\n",
  });
  await client.putArtifact({ params, query: { path: "model" }, body: "weights" });
  const before = await askEverything(server);

  await server.restart();

  assert.deepEqual(await askEverything(server), before);
  const { orders } = await server.clientWith(server.tokens.forAgent("local")).pollOrders({
    params: { agent: "local" },
    body: { epoch: agent.epoch, version: "", known: [attempt], waitSeconds: 0 },
  });
  assert.deepEqual(
    orders.map((order) => order.attempt),
    [attempt],
    "the agent goes on under its epoch",
  );
});

test("Tokens outlast a restart, and are readable by their owner alone", async () => {
  await using server = await startTestServer();

  await server.restart();

  assert.equal((await server.fetch("/api/v1/workspace")).status, 200);
  for (const name of ["token", "secret", "server.json"]) {
    assert.equal((await stat(join(server.home, name))).mode & 0o777, 0o600, name);
  }
  assert.equal((await stat(server.home)).mode & 0o777, 0o700);
});

test("A second server on the same home is refused, and the first goes on", async () => {
  await using server = await startTestServer();

  await assert.rejects(
    startServer(testConfig(server.home), {}),
    (error) => error instanceof Refused && error.code === "conflict",
  );

  assert.equal((await server.client.health({})).status, "ok");
});

test("A server that comes back after a kill -9 takes its last port again, and another when that was taken", async () => {
  await using folder = await makeTempFolder();
  const start = async () => {
    const program = startProgram(serverProgram, [folder.path]);
    const { value: url } = await program.lines.next();
    return { program, url };
  };
  const first = await start();
  await first.program.killHard();

  const second = await start();
  await second.program.killHard();
  const stranger = createServer().listen(Number(new URL(second.url).port), "127.0.0.1");
  await once(stranger, "listening");
  const third = await start();
  await third.program.killHard();
  stranger.close();

  assert.equal(second.url, first.url);
  assert.notEqual(third.url, first.url);
});

test("A copy of a home leaves the last port to the home that it was copied from", async () => {
  await using folder = await makeTempFolder();
  const file = { url: "http://127.0.0.1:4711", pid: 1, version: "1", home: folder.path, startedAt: 1 };

  await writeServerFile(folder.path, file);
  assert.equal(await readLastPort(folder.path), 4711);
  await writeServerFile(folder.path, { ...file, home: "/elsewhere" });
  assert.equal(await readLastPort(folder.path), undefined);
  await writeFile(join(folder.path, "server.json"), "half of");
  assert.equal(await readLastPort(folder.path), undefined);
});

test("A home whose database a later version has changed is refused, with that version's name, and left as it is", async () => {
  await using folder = await makeTempFolder();
  const home = join(folder.path, "home");
  const earlier = await startServer(testConfig(home), {}, createRecordingEngine);
  earlier.stop();
  await earlier.ended;
  const file = join(home, "trainyard.db");
  const database = new DatabaseSync(file);
  database.exec("insert into kysely_migration values ('0999-2030-01-later', '2030-01-01T00:00:00Z')");
  database.close();
  await writeFile(join(home, "version"), "9.8.7\n");
  const before = await readFile(file);
  const start = () => startServer(testConfig(home), {}, createRecordingEngine);

  // Twice: being refused leaves no lock behind.
  for (let time = 0; time < 2; time++) {
    await assert.rejects(
      start(),
      (error) =>
        error instanceof Refused &&
        /written by Trainyard 9\.8\.7.*0999-2030-01-later/.test(error.message) &&
        /version 9\.8\.7 or a later one.*TRAINYARD_HOME/.test(String(error.hint)),
    );
  }

  assert.deepEqual(await readFile(file), before);
  assert.equal(await readFile(join(home, "version"), "utf8"), "9.8.7\n");
});

test("A home that takes no files is refused in a sentence that names it and what to do", async () => {
  await using folder = await makeTempFolder();
  const home = join(folder.path, "file", "home");
  await writeFile(join(folder.path, "file"), "");

  await assert.rejects(
    startServer(testConfig(home), {}),
    (error) =>
      error instanceof Refused && error.message.includes(home) && /TRAINYARD_HOME/.test(String(error.hint)),
  );
});

test("A log is cut back to what was durable when the server was killed, and the rest can be sent again", async () => {
  await using folder = await makeTempFolder();
  const start = async () => {
    const program = startProgram(serverProgram, [folder.path]);
    const { value: url } = await program.lines.next();
    const transport = createHttpTransport(url);
    const token = (await readFile(join(folder.path, "token"), "utf8")).trim();
    return { program, transport, client: createClient(transport, token) };
  };
  const params = { run: "a" };
  const whole = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join("");
  const append = (
    client: Awaited<ReturnType<typeof start>>["client"],
    offset: number,
    end: number,
    close = "false",
  ) =>
    client.appendArtifact({ params, query: { path: "log", offset, close }, body: whole.slice(offset, end) });

  const first = await start();
  await first.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a" })) } });
  await append(first.client, 0, 1000);
  // Every answer tells how much is durable; nothing but the background sync makes it so.
  let durable = 0;
  for (let offset = 1000; durable === 0; offset += 1) {
    durable = (await append(first.client, offset, offset + 1)).durableBytes;
  }
  const { sizeBytes } = await append(first.client, 0, 40_000);
  assert.equal(sizeBytes, 40_000);
  await first.program.killHard();
  first.transport.close();

  const second = await start();
  const expected = await append(second.client, 40_000, 40_100).then(
    () => assert.fail("bytes that no disk was known to hold were taken for there"),
    (error: unknown) => (error as Refused).details?.["expected"] as number,
  );
  assert.ok(expected >= durable && expected < 40_000, `cut back to ${expected}, durable were ${durable}`);
  const read = () => second.client.readArtifact({ params, query: { path: "log" } }).then(readText);
  assert.equal(await read(), whole.slice(0, expected));
  await append(second.client, expected, whole.length, "true");

  assert.equal(await read(), whole);
  await second.program.killHard();
  second.transport.close();
});
