// A secret that was given to a datastore is looked for in everything that the server says, writes and keeps.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { addData, refusedWith, runJob, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { endpoints, sendRaw, targetOf } from "../../../test/support/raw-request.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { Input } from "../../core/job-spec.ts";

const canary = "cAnArY-7f3e9b-secret";
/** Only these may say it. */
const outlets = ["getDatastoreSecrets", "getAttemptDatastore"];

test("A datastore's secret is in no answer but those made for it, in no event, log or file", async (t) => {
  const logged: string[] = [];
  t.mock.method(process.stderr, "write", (text: string) => logged.push(text) > 0);
  await using server = await startTestServer({ logLevel: "debug" });
  const agent = await startFakeAgent(server);
  const params = { datastore: "lake" };
  const s3 = { type: "s3", settings: { bucket: "b" }, secrets: { access_key: canary } } as const;
  await server.client.saveDatastore({ params, body: s3 });
  await server.client.saveDatastore({ params, body: { ...s3, description: "again" } });
  const table: Input = {
    kind: "data",
    mode: "download",
    source: { kind: "datastore", datastore: "lake", path: "x" },
  };
  await addData(server, "data", "1");
  await runJob(
    server,
    agent,
    "over",
    { "outputs/m": "m", "named-outputs/out/x": "x" },
    { inputs: { table }, outputs: { out: { type: "uri_folder", mode: "upload", name: "out" } } },
  );
  await submit(server, "open", { inputs: { table } });
  const { attempt } = await agent.orderFor("open");

  // Every way in, with requests that are right where the names suffice and wrong where a body is missing.
  const values = { datastore: "lake", run: "open", attempt, agent: "local", compute: "local" };
  const kinds = { kind: "data", name: "out", version: "1" };
  const told: string[] = [];
  const passed = ["shutdown", "deleteDatastore"];
  for (const [id, shape] of endpoints.filter(([one]) => !passed.includes(one))) {
    const { text } = await sendRaw(server.url, {
      method: shape.method,
      target: targetOf(shape, { ...values, ...kinds }),
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
      ...(shape.method !== "GET" && shape.method !== "DELETE" && { body: "{}" }),
    });
    if (text.includes(canary)) told.push(id);
  }
  const bad = { ...s3, settings: { bucket: "b", token: canary } };
  await assert.rejects(
    server.client.saveDatastore({ params, body: bad }),
    (error: unknown) => refusedWith("invalid")(error) && !inspect(error).includes(canary),
  );
  const { events } = await server.client.listEvents({ query: { limit: 10_000 } });
  assert.equal((await server.client.getDatastoreSecrets({ params })).secrets["access_key"], canary);

  assert.deepEqual(told.sort(), outlets.toSorted());
  assert.ok(events.some(({ body }) => body.kind === "datastore.changed"));
  assert.ok(!JSON.stringify(events).includes(canary), "events");
  assert.ok(
    logged.some((line) => line.includes("listening")),
    "the log was heard",
  );
  assert.ok(!logged.join("").includes(canary), "log");
  for (const entry of await readdir(server.home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    assert.ok(!(await readFile(path)).includes(canary), path);
  }
});

test("Secrets outlast a restart", async () => {
  await using server = await startTestServer();
  const params = { datastore: "lake" };
  const body = { type: "s3", settings: { bucket: "b" }, secrets: { access_key: canary } } as const;
  await server.client.saveDatastore({ params, body });

  await server.restart();

  assert.deepEqual(await server.client.getDatastoreSecrets({ params }), { secrets: { access_key: canary } });
});
