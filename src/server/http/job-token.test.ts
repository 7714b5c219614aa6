import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { refusedWith } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { asWireContent } from "../../api/assets.ts";
import type { Client } from "../../api/client.ts";
import { readText } from "../../api/client.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import type { AssetContent } from "../../core/asset.ts";
import type { JobSpec } from "../../core/job-spec.ts";

let server: TestServer;
let agent: FakeAgent;
before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
});
after(() => server[Symbol.asyncDispose]());

const submitAs = (client: Client, changes: Partial<JobSpec>, parent?: string) =>
  client.createJob({
    body: { spec: asWireSpec(aSpec(changes)), createdBy: "somebody", ...(parent && { parent }) },
  });
/** A job that the agent has taken, and the client that it has of the server. */
async function aJob(changes: Partial<JobSpec> & { name: string }, parent?: string): Promise<Client> {
  await submitAs(server.client, changes, parent);
  return clientOf(changes.name);
}
const clientOf = async (name: string) =>
  server.clientWith(server.tokens.forJob((await agent.orderFor(name)).attempt));

const line = (name: string) => Buffer.from(`${JSON.stringify({ t: "m", n: name, v: 1, at: 1 })}\n`);
const log = (client: Client, run: string, stream = "client-1-abc.ndjson") =>
  client.appendRecords({ params: { run }, query: { stream, offset: 0 }, body: line("m") });
const forbidden = refusedWith("forbidden", /does not reach/);

describe("Of the runs that it belongs to, a job", () => {
  let child: Client;
  before(async () => {
    await aJob({ name: "above" });
    child = await aJob({ name: "below" }, "above");
    await aJob({ name: "beside" }, "above");
    await aJob({ name: "stranger" });
  });

  test("reads and adds to the one above, and reads the ones beside it", async () => {
    await log(child, "above");
    await child.putArtifact({ params: { run: "above" }, query: { path: "notes.txt" }, body: "said below" });

    const { metrics } = await child.getRun({ params: { run: "above" } });
    assert.deepEqual(
      metrics.map(({ name, count }) => [name, count]),
      [["m", 1]],
    );
    await log(server.client, "stranger");
    const series = ["above", "stranger"].map((run) => ({ run, name: "m" }));
    const { plots } = await child.readPlots({ body: { series } });
    assert.deepEqual(
      plots.map(({ run }) => run),
      ["above"],
    );
    const { children } = await child.listChildren({ params: { run: "above" } });
    assert.deepEqual(
      children.map(({ run }) => run),
      ["beside", "below"],
    );
    assert.equal((await child.getJob({ params: { run: "beside" } })).parent, "above");
    await assert.rejects(log(child, "beside"), forbidden);
  });

  test("takes nothing away from the one above", async () => {
    const again = child.putArtifact({
      params: { run: "above" },
      query: { path: "notes.txt" },
      body: "other",
    });
    await assert.rejects(again, refusedWith("immutable", /does not replace files/));
    // The stream by which an agent ships what the job itself logs.
    await assert.rejects(
      log(child, "above", "1.0.process.ndjson"),
      refusedWith("forbidden", /a stream of its own/),
    );
    await assert.rejects(
      child.updateJob({ params: { run: "above" }, body: { description: "x" } }),
      forbidden,
    );
  });

  test("reaches no stranger, also when its tag names one as its parent", async () => {
    await child.updateJob({ params: { run: "below" }, body: { tags: { "mlflow.parentRunId": "stranger" } } });

    await assert.rejects(child.getRun({ params: { run: "stranger" } }), forbidden);
    await assert.rejects(child.listChildren({ params: { run: "stranger" } }), forbidden);
    await assert.rejects(submitAs(child, { name: "adopted" }, "stranger"), refusedWith("invalid", /parent/));
  });

  test("watches what happens to them, and to nobody else", async () => {
    const watch = (run?: string) => child.watchEvents({ query: { ...(run !== undefined && { run }) } });
    for await (const chunk of await watch("above")) {
      assert.match(Buffer.from(chunk).toString(), /trainyard events/);
      break;
    }
    await assert.rejects(watch("stranger"), forbidden);
    await assert.rejects(watch(), forbidden);
  });

  test("may stop them all", async () => {
    assert.equal((await child.cancelJob({ params: { run: "above" } })).state, "CancelRequested");
    await assert.rejects(child.cancelJob({ params: { run: "stranger" } }), forbidden);
  });
});

describe("A job that submits a job", () => {
  let own: Client;
  before(async () => {
    own = await aJob({ name: "submits", outputs: { o: output("workspacefilestore") } });
  });
  const output = (datastore: string) => ({
    type: "uri_folder" as const,
    mode: "upload" as const,
    path: `azureml://datastores/${datastore}/paths/x`,
  });

  test("has it as its own, in the name of whoever submitted the first one", async () => {
    const made = await submitAs(own, { name: "made" }, "submits");

    assert.deepEqual([made.parent, made.createdBy], ["submits", "somebody"]);
    await own.updateJob({ params: { run: "made" }, body: { tags: { a: "b" } } });
    assert.equal((await own.cancelJob({ params: { run: "made" } })).state, "CancelRequested");
    const below = await submitAs(own, { name: "submitted-alone" });
    assert.equal(below.parent, null);
    assert.equal((await own.getJob({ params: { run: "submitted-alone" } })).name, "submitted-alone");
  });

  test("stays in its experiment and its datastores, and gets no files of strangers", async () => {
    await submitAs(server.client, { name: "others" });
    await server.client.saveDatastore({
      params: { datastore: "secretstore" },
      body: { type: "azure_blob", settings: { account_name: "a", container_name: "c" } },
    });
    const inputOf = (source: object) =>
      ({ i: { kind: "data", mode: "download", source } }) as JobSpec["inputs"];

    await assert.rejects(
      submitAs(own, { experimentName: "elsewhere" }),
      refusedWith("invalid", /own experiment/),
    );
    await assert.rejects(
      submitAs(own, { outputs: { o: output("secretstore") } }),
      refusedWith("invalid", /secretstore/),
    );
    await assert.rejects(
      submitAs(own, { inputs: inputOf({ kind: "run", run: "others", path: "outputs" }) }),
      refusedWith("invalid", /does not reach the run others/),
    );
    await assert.rejects(
      submitAs(own, { resources: { dockerArgs: "--privileged" } }),
      refusedWith("invalid", /docker_args/),
    );
    await submitAs(own, { outputs: { o: output("workspacefilestore") } });
  });

  test("does not leave its image", async () => {
    const inside = await aJob({ name: "inside", environment: { image: "some/image:1" } });

    await assert.rejects(submitAs(inside, {}), refusedWith("invalid", /only jobs with an image/));
    await submitAs(inside, { environment: { image: "other/image:2" } });
  });

  test("does not go on without an end", async () => {
    let at = await aJob({ name: "level-0" });
    for (let level = 1; level < 10; level++) {
      await submitAs(at, { name: `level-${level}` });
      at = await clientOf(`level-${level}`);
    }
    await assert.rejects(submitAs(at, {}), refusedWith("invalid", /10 levels deep/));
  });
});

describe("In the registry, a job", () => {
  let own: Client;
  let snapshot: string;
  const add = (client: Client, kind: "data" | "model" | "environment", name: string, content: object) =>
    client.createAsset({
      params: { kind },
      body: { name, content: asWireContent({ kind, ...content } as AssetContent), createdBy: "nobody" },
    });
  before(async () => {
    own = await aJob({ name: "registers" });
    const hash = createHash("sha256").update("x").digest("hex");
    await own.putBlob({ params: { hash }, body: "x" });
    const files = [{ path: "a.txt", hash, sizeBytes: 1, executable: false }];
    snapshot = (await own.putSnapshot({ body: { version: 1, files, emptyDirectories: [] } })).id;
    await add(server.client, "data", "theirs", {
      type: "uri_folder",
      source: { kind: "snapshot", id: snapshot },
    });
  });

  test("reads what is registered, down to its bytes", async () => {
    const { content } = await own.getAsset({ params: { kind: "data", name: "theirs" } });

    assert.ok(content.kind === "data" && content.source.kind === "snapshot");
    const { files } = await own.getSnapshot({ params: { snapshot: content.source.id } });
    assert.equal(await readText(await own.getBlob({ params: { hash: files[0]!.hash } })), "x");
  });

  test("adds data and models as made by it, and nothing that others would run", async () => {
    const made = await add(own, "data", "ours", {
      type: "uri_folder",
      source: { kind: "snapshot", id: snapshot },
    });

    assert.deepEqual([made.run, made.createdBy], ["registers", "somebody"]);
    await assert.rejects(
      add(own, "environment", "trap", { environment: { pip: ["evil"] } }),
      refusedWith("forbidden", /data and models/),
    );
    await submitAs(server.client, { name: "somebodys" });
    await assert.rejects(
      add(own, "model", "stolen", {
        type: "custom_model",
        source: { kind: "run", run: "somebodys", path: "outputs" },
      }),
      forbidden,
    );
  });

  test("changes what it made, and no labels, and deletes nothing", async () => {
    const change = (name: string, body: object) =>
      own.updateAsset({ params: { kind: "data", name, version: "1" }, body });

    assert.equal((await change("ours", { tags: { a: "b" } })).tags["a"], "b");
    await assert.rejects(
      change("theirs", { tags: { a: "b" } }),
      refusedWith("forbidden", /does not change version 1/),
    );
    await assert.rejects(
      change("ours", { addLabels: ["best"] }),
      refusedWith("forbidden", /labels and stages/),
    );
    await assert.rejects(
      own.deleteAsset({ params: { kind: "data", name: "ours", version: "1" } }),
      refusedWith("forbidden", /does not reach/),
    );
  });
});
