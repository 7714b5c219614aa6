import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { addData, hashOf, readTree, refusedWith, runJob, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { addJob, openMemoryStore } from "../../../test/support/memory-store.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { untilState } from "../../../test/support/until-state.ts";
import { asAssetContent } from "../../api/assets.ts";
import { asJobSpec } from "../../api/job-spec.ts";
import { openFolderBlobs } from "../../blobs/folder/open-folder-blobs.ts";
import { GrowingFiles } from "../../blobs/growing-files.ts";
import type { Output } from "../../core/job-spec.ts";
import { silentLog } from "../../lib/log.ts";
import { linkBlob } from "../../store/artifacts.ts";
import { queryAssets } from "../../store/assets.ts";
import { registerOutputs } from "./register-outputs.ts";

let server: TestServer;
let agent: FakeAgent;
before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
});
after(() => server[Symbol.asyncDispose]());

const output = (changes: Partial<Output>): Output => ({ type: "uri_folder", mode: "upload", ...changes });
const getAsset = (kind: "data" | "model", name: string, version?: string) =>
  server.client.getAsset({ params: { kind, name }, query: { version } });
const notesOf = async (run: string) =>
  (await server.client.getJob({ params: { run } })).notes.map(({ level, message }) => `${level}: ${message}`);
const treeOf = async (asset: Awaited<ReturnType<typeof getAsset>>) => {
  const content = asAssetContent(asset.content);
  assert.ok("source" in content && content.source.kind === "snapshot");
  return { tree: await readTree(server, content.source.id), file: content.source.file };
};

test("Outputs that have a name are registered when the job has succeeded, and the others are not", async () => {
  await runJob(
    server,
    agent,
    "makes",
    {
      "named-outputs/table/part/a.csv": "a",
      "named-outputs/table/b.csv": "b",
      "named-outputs/net/MLmodel": "m",
      "named-outputs/list/list": "one file",
      "named-outputs/quiet/x": "x",
    },
    {
      outputs: {
        table: output({ name: "made-table" }),
        net: output({ type: "mlflow_model", name: "made-net", version: "v7" }),
        list: output({ type: "uri_file", name: "made-list" }),
        quiet: output({}),
      },
    },
  );

  const table = await getAsset("data", "made-table");
  assert.deepEqual([table.version, table.run, table.createdBy], ["1", "makes", "user"]);
  assert.deepEqual(await treeOf(table), {
    tree: { "b.csv": hashOf("b"), "part/a.csv": hashOf("a") },
    file: undefined,
  });
  const net = await getAsset("model", "made-net");
  assert.deepEqual([net.version, net.content.kind === "model" && net.content.type], ["v7", "mlflow_model"]);
  const list = await getAsset("data", "made-list");
  assert.deepEqual(await treeOf(list), { tree: { list: hashOf("one file") }, file: "list" });
  await assert.rejects(getAsset("data", "quiet"), refusedWith("not-found"));
  assert.deepEqual(await notesOf("makes"), [
    "info: output table is registered as data made-table:1",
    "info: output net is registered as model made-net:v7",
    "info: output list is registered as data made-list:1",
  ]);
});

test("The version is there when the job is seen to be Completed", async () => {
  const outputs = { out: output({ name: "in-time" }) };
  await runJob(server, agent, "in-time", { "named-outputs/out/x": "x" }, { outputs });

  const { events } = await server.client.listEvents({ query: { run: "in-time" } });

  const kinds = events.map(({ body }) => (body.kind === "job.state" ? body["state"] : body.kind));
  assert.ok(kinds.indexOf("asset.changed") > 0);
  assert.ok(kinds.indexOf("asset.changed") < kinds.indexOf("Completed"));
});

test("What cannot be registered is a warning, and the job has succeeded all the same", async () => {
  await addData(server, "taken", "other", "1");
  await runJob(
    server,
    agent,
    "clashes",
    { "named-outputs/good/x": "x", "named-outputs/clash/x": "x" },
    {
      outputs: {
        clash: output({ name: "taken", version: "1" }),
        nothing: output({ name: "never-written" }),
        good: output({ name: "good" }),
      },
    },
  );

  const notes = await notesOf("clashes");
  assert.match(
    notes[0]!,
    /^warning: output clash could not be registered as data taken: version 1 .*another content/,
  );
  assert.match(notes[1]!, /^warning: output nothing could not .*kept nothing at named-outputs\/nothing/);
  assert.equal(notes[2], "info: output good is registered as data good:1");
  const job = await server.client.getJob({ params: { run: "clashes" } });
  assert.deepEqual([job.state, job.error], ["Completed", null]);
});

test("A job that did not succeed registers nothing", async () => {
  for (const [run, reason, state] of [
    ["failing", "exited-nonzero", "Failed"],
    ["stopped", "canceled", "Canceled"],
  ] as const) {
    await submit(server, run, { outputs: { out: output({ name: run }) } });
    const { attempt } = await agent.orderFor(run);
    await server.client.putArtifact({ params: { run }, query: { path: "named-outputs/out/x" }, body: "x" });
    await agent.end(attempt, reason);
    await untilState(server.client, run, state);

    await assert.rejects(getAsset("data", run), refusedWith("not-found"));
    assert.deepEqual(await notesOf(run), []);
  }
});

test("An output that the job wrote to a datastore is registered as that place", async () => {
  const path = "azureml://datastores/workspaceblobstore/paths/results/one/";
  const outputs = { out: output({ name: "elsewhere", path }) };

  await runJob(server, agent, "writes-there", {}, { outputs });

  const { content } = await getAsset("data", "elsewhere");
  assert.deepEqual(content.kind === "data" && content.source, {
    kind: "datastore",
    datastore: "workspaceblobstore",
    path: "results/one/",
  });
});

test("An explicit version is the same again when a rerun gives the same bytes", async () => {
  const outputs = { out: output({ name: "stable", version: "1" }) };
  for (const run of ["stable-1", "stable-2"]) {
    await runJob(server, agent, run, { "named-outputs/out/x": "same" }, { outputs });
  }

  assert.deepEqual(await notesOf("stable-2"), ["info: output out is registered as data stable:1"]);
  assert.equal((await getAsset("data", "stable")).run, "stable-1", "who made it first has made it");
});

test("Asked again after a crash, each output keeps the version that it has", async () => {
  await using folder = await makeTempFolder();
  const store = await openMemoryStore();
  const blobs = await openFolderBlobs(join(folder.path, "blobs"));
  const growing = new GrowingFiles(join(folder.path, "growing"));
  const context = { store, blobs, growing, clock: createFakeClock(), log: silentLog };
  const outputs = { out: output({ name: "once" }) };
  await addJob(store, "twice", { state: "Finalizing", changes: { spec: aSpec({ outputs }) } });
  const stored = await blobs.write(ReadableStream.from([Buffer.from("x")]));
  await store.write((tx) => linkBlob(tx, "twice", { path: "named-outputs/out/x", ...stored, at: 1 }));

  const first = await registerOutputs(context, "twice");
  const second = await registerOutputs(context, "twice");

  assert.deepEqual(second, first);
  assert.deepEqual(first, [{ level: "info", message: "output out is registered as data once:1" }]);
  const { assets } = await queryAssets(store.db, {
    kind: "data",
    name: "once",
    archived: "include",
    limit: 9,
  });
  assert.equal(assets.length, 1);
});

test("A file output of another run is a file for whoever wants a file, and a folder for the others", async () => {
  const outputs = { list: output({ type: "uri_file" }) };
  await runJob(server, agent, "lists", { "named-outputs/list/list": "one" }, { outputs });
  const source = { kind: "run", run: "lists", path: "named-outputs/list" } as const;

  const { spec } = await submit(server, "reads-list", {
    inputs: {
      file: { kind: "data", mode: "mount", type: "uri_file", source },
      folder: { kind: "data", mode: "mount", source },
    },
  });

  const files = Object.values(asJobSpec(spec).inputs).map(
    (input) => input.kind === "data" && input.source.kind === "snapshot" && input.source.file,
  );
  assert.deepEqual(files, ["list", undefined]);
});
