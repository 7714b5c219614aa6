import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addData, runJob, storeTree, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import type { Input } from "../../core/job-spec.ts";

let server: TestServer;
let agent: FakeAgent;
before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
});
after(() => server[Symbol.asyncDispose]());

const reads = (name: string, version: string): Input => ({
  kind: "data",
  mode: "mount",
  source: { kind: "asset", name, version },
});
const lineageOf = (kind: "data" | "model" | "environment", name: string, version = "1") =>
  server.client.getLineage({ params: { kind, name, version } });

test("A model leads to the run that made it, its code, environment, data and commit", async () => {
  await addData(server, "iris", "1");
  const code = await storeTree(server, { "train.py": "print()" });
  const environment = { reference: { kind: "asset", name: "sk", version: "1" } } as const;
  await server.client.createAsset({
    params: { kind: "environment" },
    body: { name: "sk", content: { kind: "environment", environment: { image: "sk:1" } } },
  });
  await runJob(
    server,
    agent,
    "train",
    { "named-outputs/net/m": "m" },
    {
      experimentName: "flowers",
      code,
      environment,
      inputs: { table: reads("iris", "1"), rate: { kind: "literal", value: 0.1 } },
      outputs: { net: { type: "custom_model", mode: "upload", name: "net" } },
      properties: {
        "azureml.git.commit": "abc123",
        "azureml.git.repository_uri": "https://example.org/repo",
        "azureml.git.dirty": "True",
      },
    },
  );

  const lineage = await lineageOf("model", "net");

  assert.deepEqual(lineage.madeBy, {
    run: "train",
    experiment: "flowers",
    snapshot: code.id,
    environment: { image: "sk:1", name: "sk", version: "1" },
    gitCommit: "abc123",
    gitRepository: "https://example.org/repo",
    gitDirty: true,
    inputs: [{ as: "table", kind: "data", name: "iris", version: "1" }],
  });
  assert.deepEqual([lineage.asset.name, lineage.usedBy], ["net", []]);
  const run = { run: "train", experiment: "flowers" };
  assert.deepEqual((await lineageOf("data", "iris")).usedBy, [{ ...run, as: "table" }]);
  assert.deepEqual((await lineageOf("environment", "sk")).usedBy, [{ ...run, as: "environment" }]);
});

test("Data that nobody's run made says so, and leads to all that read it, newest first, once an input", async () => {
  await addData(server, "shared", "1");
  for (const name of ["first", "second"]) {
    await submit(server, name, { inputs: { b: reads("shared", "1"), a: reads("shared", "1") } });
  }

  const { madeBy, usedBy } = await lineageOf("data", "shared");

  assert.equal(madeBy, null);
  assert.deepEqual(
    usedBy.map(({ run, as }) => `${run}.${as}`),
    ["second.a", "second.b", "first.a", "first.b"],
  );
});

test("MLflow's own properties and none at all are understood", async () => {
  const register = (run: string) =>
    server.client.createAsset({
      params: { kind: "model" },
      body: {
        name: run,
        content: { kind: "model", type: "custom_model", source: { kind: "run", run, path: "outputs" } },
      },
    });
  const properties = { "mlflow.source.git.commit": "fff", "mlflow.source.git.repoURL": "https://m" };
  await runJob(server, agent, "with-mlflow", { "outputs/m": "m" }, { properties });
  await runJob(server, agent, "without-git", { "outputs/m": "m" });
  for (const run of ["with-mlflow", "without-git"]) await register(run);

  const git = async (name: string) => {
    const { madeBy } = await lineageOf("model", name);
    return [madeBy?.gitCommit, madeBy?.gitRepository, madeBy?.gitDirty, madeBy?.snapshot, madeBy?.inputs];
  };

  assert.deepEqual(await git("with-mlflow"), ["fff", "https://m", null, null, []]);
  assert.deepEqual(await git("without-git"), [null, null, null, null, []]);
});

test("What a run used stays known after the version is deleted and comes back", async () => {
  await addData(server, "fleeting", "1", "1");
  await submit(server, "used-it", { inputs: { table: reads("fleeting", "1") } });

  await server.client.deleteAsset({ params: { kind: "data", name: "fleeting", version: "1" } });
  const job = await server.client.getJob({ params: { run: "used-it" } });
  await addData(server, "fleeting", "1", "1");

  const [input] = Object.values(job.spec.inputs);
  assert.deepEqual(input?.kind === "data" && input.asset, { kind: "data", name: "fleeting", version: "1" });
  assert.deepEqual(
    (await lineageOf("data", "fleeting")).usedBy.map(({ run }) => run),
    ["used-it"],
  );
});
