import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  addData,
  hashOf,
  manifestOf,
  refusedWith,
  runJob,
  storeTree,
  submit,
} from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import type { AssetBody } from "../../api/assets.ts";
import { asJobSpec, asWireSpec } from "../../api/job-spec.ts";
import type { AssetRef, DataSource, Environment, Input, JobSpec } from "../../core/job-spec.ts";
import { canonicalManifest } from "../../core/snapshot.ts";

let server: TestServer;
let agent: FakeAgent;
before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
});
after(() => server[Symbol.asyncDispose]());

const ref = (name: string, choice: { version: string } | { label: string }): AssetRef => ({
  kind: "asset",
  name,
  ...choice,
});
const input = (source: DataSource, changes: Partial<Extract<Input, { kind: "data" }>> = {}): Input => ({
  kind: "data",
  mode: "mount",
  source,
  ...changes,
});
const problemsOf = async (changes: Partial<JobSpec>) => {
  const { problems } = await server.client.validateJob({ body: { spec: asWireSpec(aSpec(changes)) } });
  return problems;
};
const usersOf = async ({ kind, name, version }: Pick<AssetBody, "kind" | "name" | "version">) =>
  (await server.client.getLineage({ params: { kind, name, version } })).usedBy;
const addEnvironment = (name: string, environment: Environment) =>
  server.client.createAsset({
    params: { kind: "environment" },
    body: { name, content: { kind: "environment", environment: environment as object } },
  });

test("Data by version and by label becomes what it is now, and keeps its name", async () => {
  const first = await addData(server, "iris", "one");
  const second = await addData(server, "iris", "two");

  const job = await submit(server, "reads", {
    inputs: {
      old: input(ref("iris", { version: "1" }), { mode: "download", description: "the old one" }),
      fresh: input(ref("iris", { label: "latest" })),
    },
  });
  await addData(server, "iris", "three");

  const asset = { kind: "data", name: "iris" } as const;
  assert.deepEqual(asJobSpec(job.spec).inputs, {
    old: input(first.source, {
      mode: "download",
      type: "uri_folder",
      description: "the old one",
      asset: { ...asset, version: "1" },
    }),
    fresh: input(second.source, { type: "uri_folder", asset: { ...asset, version: "2" } }),
  });
  assert.deepEqual(await usersOf({ ...asset, version: "1" }), [
    { run: "reads", experiment: "tests", as: "old" },
  ]);
  assert.deepEqual(await usersOf({ ...asset, version: "2" }), [
    { run: "reads", experiment: "tests", as: "fresh" },
  ]);
  assert.deepEqual(await usersOf({ ...asset, version: "3" }), []);
  const { work } = await agent.orderFor("reads");
  assert.deepEqual(work?.spec.inputs, job.spec.inputs, "and so the agent gets it");
});

test("An input of a model's type finds the model, and any other the data, of one name", async () => {
  const source = await storeTree(server, { m: "1" });
  await addData(server, "both", "data");
  await server.client.createAsset({
    params: { kind: "model" },
    body: { name: "both", content: { kind: "model", type: "mlflow_model", source } },
  });
  await server.client.createAsset({
    params: { kind: "model" },
    body: { name: "only-model", content: { kind: "model", type: "custom_model", source } },
  });

  const { spec } = await submit(server, "models", {
    inputs: {
      model: input(ref("both", { version: "1" }), { type: "custom_model" }),
      data: input(ref("both", { version: "1" })),
      other: input(ref("only-model", { version: "1" })),
    },
  });

  const found = Object.values(asJobSpec(spec).inputs).map(
    (one) => one.kind === "data" && [one.asset?.kind, one.type],
  );
  assert.deepEqual(found, [
    ["model", "mlflow_model"],
    ["data", "uri_folder"],
    ["model", "custom_model"],
  ]);
});

test("Data may be an address or a datastore's path; the job gets that", async () => {
  const sources = [
    { kind: "uri", uri: "https://example.org/iris.csv" },
    { kind: "datastore", datastore: "workspaceblobstore", path: "iris/" },
  ] as const;
  for (const source of sources) {
    const content = { kind: "data", type: "uri_file", source } as const;
    await server.client.createAsset({ params: { kind: "data" }, body: { name: source.kind, content } });
    const { spec } = await submit(server, `from-${source.kind}`, {
      inputs: { table: input(ref(source.kind, { label: "latest" })) },
    });
    const [table] = Object.values(asJobSpec(spec).inputs);
    assert.deepEqual(table?.kind === "data" && table.source, source);
  }
});

test("A registered environment comes before a curated one of its name, and stays named", async () => {
  const made = await addEnvironment("AzureML-Minimal", { image: "ours:1" });
  const resolve = async (name: string, version: string) =>
    asJobSpec(
      (await submit(server, name, { environment: { reference: ref("AzureML-Minimal", { version }) } })).spec,
    ).environment;

  assert.deepEqual(await resolve("own", "1"), { image: "ours:1", name: "AzureML-Minimal", version: "1" });
  const curated = await resolve("curated", "40");
  assert.deepEqual([curated.name, curated.version, curated.image], ["AzureML-Minimal", "40", undefined]);
  assert.ok(curated.conda);
  assert.deepEqual(
    (await usersOf(made)).map(({ run, as }) => [run, as]),
    [["own", "environment"]],
  );
});

test("Registered code becomes its snapshot", async () => {
  const source = await storeTree(server, { "train.py": "1" });
  const made = await server.client.createAsset({
    params: { kind: "code" },
    body: { name: "trainer", content: { kind: "code", source } },
  });

  const { spec } = await submit(server, "with-code", { code: ref("trainer", { label: "latest" }) });

  assert.deepEqual(spec.code, source);
  assert.deepEqual(await usersOf(made), [{ run: "with-code", experiment: "tests", as: "code" }]);
});

test("What a job names and is not there is told at its key, with what there is", async () => {
  await addData(server, "flowers", "1");
  await addEnvironment("sk-learn", { image: "x" });

  const problems = await problemsOf({
    code: ref("nothing", { version: "1" }),
    inputs: {
      typo: input(ref("flowrs", { version: "1" })),
      version: input(ref("flowers", { version: "9" })),
      run: input({ kind: "run", run: "nobody", path: "outputs" }),
    },
    environment: { reference: ref("sk-laern", { version: "1" }) },
  });

  assert.deepEqual(
    problems.map(({ path }) => path),
    ["code", "inputs.typo", "inputs.version", "inputs.run", "environment"],
  );
  const said = problems.map(({ message }) => message);
  assert.match(said[0]!, /no code named nothing/);
  assert.match(said[1]!, /no data or model named flowrs\. Did you mean flowers\?/);
  assert.match(said[2]!, /data flowers has no version 9; it has 1 \(latest\)/);
  assert.match(said[3]!, /no run named nobody/);
  assert.match(said[4]!, /no environment named sk-laern\. Did you mean sk-learn\?/);
  const missing = await problemsOf({ environment: { reference: ref("sk-learn", { version: "7" }) } });
  assert.match(missing[0]!.message, /environment sk-learn has no version 7; it has 1 \(latest\)/);
  const code = await problemsOf({ code: { kind: "uri", uri: "git+https://example.org/x" } });
  assert.match(code[0]!.message, /cannot take code from an address yet/);
});

test("Outputs that could not be registered by their name are refused before the job runs", async () => {
  const output = { type: "uri_folder", mode: "upload" } as const;

  const problems = await problemsOf({
    outputs: {
      good: { ...output, name: "fine", version: "3" },
      name: { ...output, name: "a/b" },
      version: { ...output, name: "x", version: "a b" },
      nameless: { ...output, version: "1" },
    },
  });

  assert.deepEqual(
    problems.map(({ path }) => path),
    ["outputs.name", "outputs.version", "outputs.nameless"],
  );
});

test("Files of a run are frozen as they are when the job is submitted", async () => {
  await runJob(server, agent, "maker", { "outputs/a.txt": "a", "outputs/deep/b.txt": "b", "logs/x": "x" });

  const { spec } = await submit(server, "taker", {
    inputs: {
      folder: input({ kind: "run", run: "maker", path: "outputs" }),
      file: input({ kind: "run", run: "maker", path: "outputs/deep/b.txt" }),
    },
    code: { kind: "run", run: "maker", path: "outputs/deep" },
  });

  const expected = {
    folder: input(await storeTree(server, { "a.txt": "a", "deep/b.txt": "b" })),
    file: input({ ...(await storeTree(server, { "b.txt": "b" })), file: "b.txt" }),
  };
  assert.deepEqual(asJobSpec(spec).inputs, expected);
  assert.deepEqual(spec.code, await storeTree(server, { "b.txt": "b" }));
});

test("Asking whether a job is right freezes nothing", async () => {
  await runJob(server, agent, "asked", { "outputs/only-asked.txt": "only asked" });

  assert.deepEqual(
    await problemsOf({ inputs: { x: input({ kind: "run", run: "asked", path: "outputs" }) } }),
    [],
  );

  const snapshot = hashOf(canonicalManifest(manifestOf({ "only-asked.txt": "only asked" })));
  await assert.rejects(server.client.getSnapshot({ params: { snapshot } }), refusedWith("not-found"));
});

test("A spec that is sent again as it was resolved keeps its lineage; a false claim is dropped", async () => {
  const data = await addData(server, "again", "1");
  const other = await addData(server, "again", "2");
  const environment = await addEnvironment("again-env", { image: "x" });
  const { spec } = await submit(server, "origin", {
    inputs: { table: input(ref("again", { version: "1" })) },
    environment: { reference: ref("again-env", { version: "1" }) },
  });

  const rerun = await submit(server, "rerun", { ...asJobSpec(spec), name: "rerun" });
  const claim = { kind: "data", name: "again", version: "2" } as const;
  const forged = await submit(server, "forged", {
    inputs: { table: input(data.source, { asset: claim }) },
    environment: { image: "y", name: "again-env", version: "1" },
  });

  assert.deepEqual({ ...rerun.spec, name: "origin" }, spec);
  const runs = async (asset: AssetBody) => (await usersOf(asset)).map(({ run }) => run);
  assert.deepEqual(await runs(data), ["rerun", "origin"]);
  assert.deepEqual(await runs(environment), ["rerun", "origin"]);
  assert.deepEqual(await runs(other), []);
  assert.deepEqual(asJobSpec(forged.spec).inputs, { table: input(data.source) });
});
