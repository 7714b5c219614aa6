import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hashOf, readTree, refusedWith, runJob, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { untilState } from "../../../test/support/until-state.ts";

let server: TestServer;
let agent: FakeAgent;
before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
});
after(() => server[Symbol.asyncDispose]());

/** Registers what the run has kept at the path, and returns the snapshot that it became. */
async function register(run: string, path: string) {
  const content = { kind: "model", type: "custom_model", source: { kind: "run", run, path } } as const;
  const made = await server.client.createAsset({ params: { kind: "model" }, body: { name: run, content } });
  assert.ok(made.content.kind === "model" && made.content.source.kind === "snapshot");
  return { made, id: made.content.source.id, file: made.content.source.file };
}
const append = (run: string, path: string, body: string, more: { close?: string; alias?: string } = {}) =>
  server.client.appendArtifact({ params: { run }, query: { path, offset: 0, ...more }, body });

test("A folder of a run becomes a tree of its files, and the version says which run made it", async () => {
  await runJob(server, agent, "trained", {
    "outputs/model/MLmodel": "flavors",
    "outputs/model/data/weights": "w",
    "outputs/model.txt": "beside it",
    "outputs/modele/x": "not in it",
  });

  const { made, id, file } = await register("trained", "outputs/model");

  assert.equal(file, undefined);
  assert.deepEqual(await readTree(server, id), { MLmodel: hashOf("flavors"), "data/weights": hashOf("w") });
  assert.equal(made.run, "trained");
  assert.equal(
    (await register("trained", "outputs/model/")).id,
    id,
    "with a slash at the end it is the same",
  );
});

test("What was registered stays as it was when the run's files are replaced", async () => {
  await runJob(server, agent, "replaced", { "outputs/m": "old" });
  const { id } = await register("replaced", "outputs");

  await server.client.putArtifact({ params: { run: "replaced" }, query: { path: "outputs/m" }, body: "new" });

  assert.deepEqual(await readTree(server, id), { m: hashOf("old") });
  assert.deepEqual(await readTree(server, (await register("replaced", "outputs")).id), { m: hashOf("new") });
});

test("A single file becomes a snapshot that names it, whatever its case and characters", async () => {
  await runJob(server, agent, "single", { "outputs/Modell ü.pkl": "bytes" });

  const { id, file } = await register("single", "outputs/Modell ü.pkl");

  assert.equal(file, "Modell ü.pkl");
  assert.deepEqual(await readTree(server, id), { "Modell ü.pkl": hashOf("bytes") });
  await assert.rejects(register("single", "outputs/modell ü.pkl"), refusedWith("not-found"));
});

test("A file that still grows is refused; closed, or with its run ended, it is taken with its bytes", async () => {
  await submit(server, "growing");
  const { attempt } = await agent.orderFor("growing");
  await append("growing", "logs/open.txt", "half");
  await append("growing", "logs/closed.txt", "whole", { close: "true", alias: "logs/other-name.txt" });

  await assert.rejects(
    register("growing", "logs"),
    refusedWith("wrong-state", /logs\/open\.txt of run growing still grows.*when the run has ended/),
  );
  const closed = await register("growing", "logs/closed.txt");
  assert.deepEqual(await readTree(server, closed.id), { "closed.txt": hashOf("whole") });
  const alias = await register("growing", "logs/other-name.txt");
  assert.deepEqual(await readTree(server, alias.id), { "other-name.txt": hashOf("whole") });

  await agent.end(attempt, "canceled");
  await untilState(server.client, "growing", "Canceled");
  const all = await register("growing", "logs");
  assert.deepEqual(await readTree(server, all.id), {
    "closed.txt": hashOf("whole"),
    "open.txt": hashOf("half"),
    "other-name.txt": hashOf("whole"),
  });
  const body = await server.client.getBlob({ params: { hash: hashOf("half") } });
  assert.equal(Buffer.concat(await Array.fromAsync(body)).toString(), "half");
});

test("A path that the run has not kept is told with the nearest that it has", async () => {
  await runJob(server, agent, "nearest", {
    "outputs/model.pkl": "1",
    "outputs/metrics/loss.json": "2",
    "logs/a": "3",
  });
  await runJob(server, agent, "empty", {});

  await assert.rejects(
    register("nearest", "outputs/modle.pkl"),
    refusedWith(
      "not-found",
      /kept nothing at outputs\/modle\.pkl\. Did you mean outputs\/model\.pkl\? \| it has outputs\/m/,
    ),
  );
  await assert.rejects(
    register("nearest", "outputs/metrisc"),
    refusedWith("not-found", /Did you mean outputs\/metrics\?/),
  );
  await assert.rejects(register("nearest", "zzz"), refusedWith("not-found", /it has .*logs\/a/));
  await assert.rejects(register("empty", "outputs"), refusedWith("not-found", /kept no file at all/));
  await assert.rejects(register("nobody", "outputs"), refusedWith("not-found", /no run named nobody/));
  for (const path of ["", "..", "/etc", "a/../b", "a//b"]) {
    await assert.rejects(register("nearest", path), refusedWith("invalid", /no path of a run's file/), path);
  }
});

test("A folder of more files than one page lists is taken whole, in the order of a snapshot", async () => {
  await runJob(server, agent, "many", { "outputs/x": "same" });
  const names = Array.from(
    { length: 12_000 },
    (_, index) => `outputs/many/${index}-${index % 2 ? "😀" : "\uFFFD"}`,
  );
  const hash = hashOf("same");
  for (let at = 0; at < names.length; at += 6000) {
    const artifacts = names.slice(at, at + 6000).map((path) => ({ path, hash }));
    await server.client.linkArtifact({ params: { run: "many" }, body: { artifacts } });
  }

  const { id } = await register("many", "outputs/many");

  const tree = await readTree(server, id);
  assert.deepEqual(new Set(Object.keys(tree).map((name) => `outputs/many/${name}`)), new Set(names));
});
