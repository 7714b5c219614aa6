// MLflow's registry on the wire: what the official clients do not say by themselves, and that it is the same assets.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { AssetBody } from "../../api/assets.ts";
import { refusedWith, runJob, storeTree, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

interface Answer {
  status: number;
  body: Record<string, unknown> & { error_code?: string; message?: string };
}

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const base = "/api/2.0/mlflow";

async function call(
  method: string,
  path: string,
  fields: Record<string, unknown> = {},
  token?: string,
): Promise<Answer> {
  const query =
    method === "GET" ? `?${new URLSearchParams(fields as Record<string, string>).toString()}` : "";
  const response = await server.fetch(`${base}${path}${query}`, {
    method,
    ...(token !== undefined && { token }),
    ...(method !== "GET" && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(fields),
    }),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function fine(method: string, path: string, fields?: Record<string, unknown>): Promise<Answer["body"]> {
  const { status, body } = await call(method, path, fields);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function wrong(
  code: string,
  method: string,
  path: string,
  fields?: Record<string, unknown>,
): Promise<void> {
  const { status, body } = await call(method, path, fields);
  assert.equal(body.error_code, code, JSON.stringify(body));
  assert.equal(status, code === "RESOURCE_DOES_NOT_EXIST" ? 404 : 400);
}

const createModel = (name: string, more = {}) => fine("POST", "/registered-models/create", { name, ...more });
const createVersion = (name: string, source: string, more = {}) =>
  fine("POST", "/model-versions/create", { name, source, ...more });

async function registerTree(name: string, files: Record<string, string>): Promise<AssetBody> {
  const source = await storeTree(server, files);
  return server.client.createAsset({
    params: { kind: "model" },
    body: { name, content: { kind: "model", type: "mlflow_model", source } },
  });
}

describe("A model that the platform registered", () => {
  it("is a registered model with a version that MLflow can fetch and nobody can overwrite", async () => {
    await registerTree("ours", { MLmodel: "flavors: {}", "data/weights.bin": "1234" });

    const { artifact_uri: uri } = await fine("GET", "/model-versions/get-download-uri", {
      name: "ours",
      version: "1",
    });
    const path = String(uri).replace("mlflow-artifacts:/", "");
    const files = "/api/2.0/mlflow-artifacts/artifacts";
    const list = async (folder: string) => (await server.fetch(`${files}?path=${folder}`)).json();

    assert.deepEqual(await list(path), {
      files: [
        { path: "MLmodel", is_dir: false, file_size: 11 },
        { path: "data", is_dir: true },
      ],
    });
    assert.deepEqual(await list(`${path}/data`), {
      files: [{ path: "weights.bin", is_dir: false, file_size: 4 }],
    });
    assert.equal(await (await server.fetch(`${files}/${path}/data/weights.bin`)).text(), "1234");
    assert.equal((await server.fetch(`${files}/${path}/data`)).status, 404);
    for (const method of ["PUT", "DELETE"]) {
      const response = await server.fetch(`${files}/${path}/MLmodel`, {
        method,
        ...(method === "PUT" && { body: "other" }),
      });
      assert.equal(response.status, 400);
    }
    assert.equal(await (await server.fetch(`${files}/${path}/MLmodel`)).text(), "flavors: {}");
  });

  it("has its stage, labels, archive and description in both words", async () => {
    await registerTree("both", { MLmodel: "a" });
    await registerTree("both", { MLmodel: "b" });
    const of = (version: string) => ({ kind: "model", name: "both", version }) as const;
    const update = (version: string, body: object) =>
      server.client.updateAsset({ params: of(version), body });
    const stageOf = async (version: string) =>
      (
        (await fine("GET", "/model-versions/get", { name: "both", version }))["model_version"] as {
          current_stage: string;
        }
      ).current_stage;
    const labeled = (label: string) =>
      server.client.getAsset({ params: { kind: "model", name: "both" }, query: { label } });

    await update("2", { addLabels: ["Production"] });
    await update("1", { addLabels: ["production", "champion"] });

    assert.equal(await stageOf("1"), "Production");
    assert.equal(await stageOf("2"), "None");
    assert.equal((await labeled("Production")).version, "1");
    const byAlias = await fine("GET", "/registered-models/alias", { name: "both", alias: "champion" });
    assert.equal((byAlias["model_version"] as { version: string }).version, "1");

    await fine("POST", "/model-versions/transition-stage", {
      name: "both",
      version: "2",
      stage: "STAGING",
    });
    assert.equal((await labeled("staging")).version, "2");
    await update("2", { archived: true });
    assert.equal(await stageOf("2"), "Archived");
    assert.equal((await labeled("latest")).version, "1");
    await fine("POST", "/model-versions/transition-stage", { name: "both", version: "2", stage: "None" });
    assert.equal((await labeled("latest")).version, "2");
    await update("1", { removeLabels: ["Production"] });
    assert.equal(await stageOf("1"), "None");
  });

  it("is not on MLflow's wire under a version that is no number", async () => {
    const source = await storeTree(server, { MLmodel: "x" });
    const content = { kind: "model", type: "custom_model", source } as const;
    await server.client.createAsset({
      params: { kind: "model" },
      body: { name: "worded", version: "first-try", content },
    });
    await server.client.updateAsset({
      params: { kind: "model", name: "worded", version: "first-try" },
      body: { addLabels: ["best"] },
    });

    const found = await fine("GET", "/registered-models/get", { name: "worded" });

    const model = found["registered_model"] as { latest_versions: unknown[]; aliases: unknown[] };
    assert.deepEqual([model.latest_versions, model.aliases], [[], []]);
    await wrong("INVALID_PARAMETER_VALUE", "GET", "/registered-models/alias", {
      name: "worded",
      alias: "best",
    });
    await wrong("INVALID_PARAMETER_VALUE", "GET", "/model-versions/get", {
      name: "worded",
      version: "first-try",
    });
  });
});

describe("A model that MLflow registered", () => {
  it("is an asset with the files as they were, whatever becomes of the run", async () => {
    const agent = await startFakeAgent(server);
    await runJob(server, agent, "maker", { "outputs/m/MLmodel": "one", "outputs/m/w.bin": "two" });
    await createModel("made of a run");

    await createVersion("made of a run", "runs:/maker/outputs//m/");
    const uri = async () =>
      (await fine("GET", "/model-versions/get-download-uri", { name: "made of a run", version: "1" }))[
        "artifact_uri"
      ];

    assert.equal(await uri(), "runs:/maker/outputs//m/");
    await server.client.putArtifact({
      params: { run: "maker" },
      query: { path: "outputs/m/w.bin" },
      body: "changed",
    });
    assert.match(String(await uri()), /^mlflow-artifacts:\/registered-models\/\d+$/);
    const asset = await server.client.getAsset({
      params: { kind: "model", name: "made of a run" },
      query: {},
    });
    assert.equal(asset.run, "maker");
    assert.equal(asset.content.kind === "model" && asset.content.type, "mlflow_model");
    const lineage = await server.client.getLineage({
      params: { kind: "model", name: "made of a run", version: "1" },
    });
    assert.equal(lineage.madeBy?.run, "maker");
  });

  it("keeps labels and readers when it is renamed, and begins anew when it is deleted", async () => {
    await registerTree("old name", { MLmodel: "r" });
    await fine("POST", "/registered-models/alias", { name: "old name", alias: "a", version: 1 });

    await fine("POST", "/registered-models/rename", { name: "old name", new_name: "new name" });

    const asset = await server.client.getAsset({
      params: { kind: "model", name: "new name" },
      query: { label: "a" },
    });
    assert.equal(asset.version, "1");
    await assert.rejects(
      server.client.getAsset({ params: { kind: "model", name: "old name" }, query: {} }),
      refusedWith("not-found"),
    );
    await submit(server, "reader", {
      inputs: {
        model: { kind: "data", source: { kind: "asset", name: "new name", version: "1" }, mode: "mount" },
      },
    });
    const readers = async () => {
      const params = { kind: "model", name: "new name", version: "1" } as const;
      return (await server.client.getLineage({ params })).usedBy.map(({ run }) => run);
    };
    assert.deepEqual(await readers(), ["reader"]);
    await fine("DELETE", "/registered-models/delete", { name: "new name" });
    assert.equal((await registerTree("new name", { MLmodel: "other" })).version, "1");
    assert.deepEqual(await readers(), []);
  });

  it("stays what it was when the alias that it was copied from moves on", async () => {
    await registerTree("moving", { MLmodel: "first" });
    await registerTree("moving", { MLmodel: "second" });
    await fine("POST", "/registered-models/alias", { name: "moving", alias: "now", version: "1" });
    await createModel("still");
    await createVersion("still", "models:/moving@now");
    await fine("POST", "/registered-models/alias", { name: "moving", alias: "now", version: "2" });

    const { artifact_uri: uri } = await fine("GET", "/model-versions/get-download-uri", {
      name: "still",
      version: "1",
    });

    const path = String(uri).replace("mlflow-artifacts:/", "/api/2.0/mlflow-artifacts/artifacts/");
    assert.equal(await (await server.fetch(`${path}/MLmodel`)).text(), "first");
  });

  it("is refused as an input while it is only an address of ours", async () => {
    await createModel("too-early");
    const made = await createVersion("too-early", "runs:/maker/not/there");
    const { status_message: why } = made["model_version"] as { status_message: string };
    assert.match(why, /no file at runs:\/maker\/not\/there/);

    const source = { kind: "asset", name: "too-early", version: "1" } as const;
    const inputs = { model: { kind: "data", source, mode: "mount", type: "mlflow_model" } } as const;
    await assert.rejects(submit(server, "early", { inputs }), refusedWith("invalid", /holds no files/));
  });

  it("tells of each change in the events", async () => {
    const { events: before } = await server.client.listEvents({ query: { limit: 10_000 } });
    await createModel("told", { tags: [{ key: "k", value: "v" }] });
    await createVersion("told", "s3://bucket/x");
    await fine("POST", "/model-versions/set-tag", { name: "told", version: "1", key: "k", value: "v" });
    await fine("DELETE", "/model-versions/delete", { name: "told", version: "1" });

    const { events } = await server.client.listEvents({ query: { after: before.at(-1)!.seq } });

    assert.deepEqual(
      events.map(({ body }) => [body.kind, body["change"]]),
      [
        ["model.changed", "created"],
        ["asset.changed", "created"],
        ["asset.changed", "updated"],
        ["asset.changed", "deleted"],
      ],
    );
  });
});

describe("Prompts", () => {
  it("are found when asked for, and else left out, whatever else is compared", async () => {
    const isPrompt = { tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] };
    await createModel("greeting", isPrompt);
    await createVersion("greeting", "prompt-template", isPrompt);
    const names = async (filter: string) =>
      (
        ((await fine("GET", "/registered-models/search", { filter }))["registered_models"] ?? []) as {
          name: string;
        }[]
      ).map(({ name }) => name);

    assert.deepEqual(await names("tag.`mlflow.prompt.is_prompt` = 'true'"), ["greeting"]);
    assert.deepEqual(await names("name = 'greeting'"), []);
    assert.ok((await names("tag.`mlflow.prompt.is_prompt` != 'true'")).includes("both"));
    const versions = await fine("GET", "/model-versions/search", { filter: "name = 'greeting'" });
    assert.deepEqual(versions, {});
    const { assets } = await server.client.listAssets({ params: { kind: "model" } });
    assert.ok(!assets.some(({ name }) => name === "greeting"));
    await wrong("INVALID_PARAMETER_VALUE", "POST", "/model-versions/create", {
      name: "greeting",
      source: "/etc/passwd",
      ...isPrompt,
    });
  });

  it("do not open local paths to models that are none", async () => {
    await createModel("no prompt");
    await wrong("INVALID_PARAMETER_VALUE", "POST", "/model-versions/create", {
      name: "no prompt",
      source: "prompt-template",
      tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }],
    });
  });
});

describe("What a client does wrong", () => {
  const none = "RESOURCE_DOES_NOT_EXIST";
  const bad = "INVALID_PARAMETER_VALUE";
  for (const [code, method, path, fields] of [
    [bad, "POST", "/registered-models/create", {}],
    [bad, "POST", "/registered-models/create", { name: 1 }],
    [bad, "POST", "/registered-models/create", { name: "a/b" }],
    [bad, "POST", "/registered-models/create", { name: ".." }],
    [bad, "POST", "/registered-models/create", { name: "t", tags: [{ key: "k".repeat(251) }] }],
    [none, "PATCH", "/registered-models/update", { name: "nowhere" }],
    [none, "DELETE", "/registered-models/delete", { name: "nowhere" }],
    [none, "POST", "/registered-models/set-tag", { name: "nowhere", key: "k", value: "v" }],
    [bad, "POST", "/registered-models/set-tag", { name: "both" }],
    [none, "POST", "/registered-models/alias", { name: "both", alias: "a", version: "99" }],
    [none, "GET", "/registered-models/alias", { name: "nowhere", alias: "a" }],
    [bad, "GET", "/registered-models/alias", { name: "both", alias: "nothing" }],
    [bad, "POST", "/registered-models/get-latest-versions", { name: "both", stages: ["Best"] }],
    [none, "POST", "/registered-models/get-latest-versions", { name: "nowhere" }],
    [none, "POST", "/model-versions/create", { name: "nowhere", source: "s3://b/x" }],
    [bad, "POST", "/model-versions/create", { name: "both" }],
    [bad, "POST", "/model-versions/transition-stage", { name: "both", version: "1", stage: "Best" }],
    [
      bad,
      "POST",
      "/model-versions/transition-stage",
      { name: "both", version: "1", stage: "None", archive_existing_versions: true },
    ],
    [
      bad,
      "POST",
      "/model-versions/transition-stage",
      { name: "both", version: "1", stage: "Staging", archive_existing_versions: "true" },
    ],
    [bad, "GET", "/registered-models/search", { max_results: "0" }],
    [bad, "GET", "/registered-models/search", { max_results: "1001" }],
    [bad, "GET", "/registered-models/search", { filter: "description = 'x'" }],
    [bad, "GET", "/registered-models/search", { order_by: "creation_timestamp" }],
    [bad, "GET", "/model-versions/search", { max_results: "200001" }],
    [bad, "GET", "/model-versions/search", { filter: "run_id NOT IN ('a')" }],
    [bad, "GET", "/model-versions/search", { filter: "version_number = 'a'" }],
    [bad, "GET", "/model-versions/search", { page_token: "abc" }],
  ] as const) {
    it(`is answered with ${code}: ${method} ${path} ${JSON.stringify(fields).slice(0, 90)}`, () =>
      wrong(code, method, path, fields));
  }
});

describe("A job's token", () => {
  it("registers a version from the job's own files, and no others", async () => {
    const agent = await startFakeAgent(server);
    await runJob(server, agent, "someone", { "outputs/m/MLmodel": "theirs" });
    await submit(server, "own");
    const { attempt } = await agent.orderFor("own");
    await server.client.putArtifact({
      params: { run: "own" },
      query: { path: "outputs/m/MLmodel" },
      body: "mine",
    });
    const token = server.tokens.forJob(attempt);
    const client = server.clientWith(token);

    const made = await client.registerRunModel({
      params: { run: "own" },
      body: { name: "by the job", path: "outputs/m" },
    });

    assert.equal(made.version, "1");
    assert.equal(made.run, "own");
    assert.equal(made.content.kind === "model" && made.content.type, "mlflow_model");
    await assert.rejects(
      client.registerRunModel({ params: { run: "someone" }, body: { name: "stolen", path: "outputs/m" } }),
      refusedWith("forbidden"),
    );
    const stolen = await call(
      "POST",
      "/model-versions/create",
      { name: "by the job", source: "runs:/someone/outputs/m" },
      token,
    );
    assert.equal(stolen.body.error_code, "PERMISSION_DENIED");
    const deleted = await call("DELETE", "/registered-models/delete", { name: "by the job" }, token);
    assert.equal(deleted.status, 403);
  });
});
