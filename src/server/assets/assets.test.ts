import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addData, refusedWith, storeTree } from "../../../test/support/assets.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { assetKinds } from "../../core/asset.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const data = (uri: string) => ({ kind: "data", type: "uri_file", source: { kind: "uri", uri } }) as const;
const create = (name: string, uri: string, version?: string) =>
  server.client.createAsset({ params: { kind: "data" }, body: { name, version, content: data(uri) } });
const get = (name: string, query: { version?: string; label?: string } = {}) =>
  server.client.getAsset({ params: { kind: "data", name }, query });
const update = (
  name: string,
  version: string,
  body: Parameters<typeof server.client.updateAsset>[0]["body"],
) => server.client.updateAsset({ params: { kind: "data", name, version }, body });
const remove = (name: string, version: string) =>
  server.client.deleteAsset({ params: { kind: "data", name, version } });
const list = async (query: { name?: string; archived?: "exclude" | "only"; before?: string }) =>
  (await server.client.listAssets({ params: { kind: "data" }, query })).assets.map(
    ({ name, version }) => `${name}:${version}`,
  );

test("A version comes back as it was registered, by number, by label and as the latest", async () => {
  const source = await storeTree(server, { "a.csv": "1,2", "b/c.csv": "3,4" });
  const content = { kind: "data", type: "uri_folder", source } as const;

  const made = await server.client.createAsset({
    params: { kind: "data" },
    body: {
      name: "whole",
      content,
      description: "what for",
      tags: { team: "x" },
      properties: { origin: "y" },
      createdBy: "ana",
    },
  });

  const { createdAt, ...rest } = made;
  assert.deepEqual(rest, {
    kind: "data",
    name: "whole",
    version: "1",
    content,
    description: "what for",
    tags: { team: "x" },
    properties: { origin: "y" },
    labels: ["latest"],
    archived: false,
    run: null,
    createdBy: "ana",
  });
  assert.ok(createdAt > 0);
  for (const query of [{}, { version: "1" }, { label: "latest" }]) {
    assert.deepEqual(await get("whole", query), made);
  }
  await assert.rejects(
    get("whole", { version: "1", label: "latest" }),
    refusedWith("invalid", /one of them/),
  );
});

test("Every kind is registered, and kinds do not share names", async () => {
  const source = await storeTree(server, { "x.py": "1" });
  const contents = [
    { kind: "data", type: "mltable", source },
    { kind: "environment", environment: { image: "python:3.12" } },
    { kind: "model", type: "mlflow_model", source, flavors: { python_function: { env: "conda.yaml" } } },
    { kind: "code", source },
  ] as const;
  assert.deepEqual(
    contents.map(({ kind }) => kind),
    assetKinds,
  );
  for (const content of contents) {
    const { kind } = content;
    const made = await server.client.createAsset({ params: { kind }, body: { name: "shared", content } });
    assert.deepEqual([made.version, made.content], ["1", content]);
  }
  await assert.rejects(
    server.client.createAsset({ params: { kind: "model" }, body: { name: "shared", content: contents[3] } }),
    refusedWith("invalid", /of kind code and the path says model/),
  );
});

test("Versions count up, over deleted ones too, and a name's case matters", async () => {
  const versions: string[] = [];
  for (const uri of ["https://a/1", "https://a/1", "https://a/2"])
    versions.push((await create("counted", uri)).version);
  await remove("counted", "3");
  versions.push((await create("counted", "https://a/3")).version);
  versions.push((await create("counted", "https://a/4", "10")).version);
  versions.push((await create("counted", "https://a/5")).version);
  versions.push((await create("Counted", "https://a/5")).version);

  assert.deepEqual(versions, ["1", "2", "3", "4", "10", "11", "1"]);
  assert.deepEqual(
    await list({ name: "counted" }),
    ["11", "10", "4", "2", "1"].map((one) => `counted:${one}`),
  );
  await assert.rejects(get("COUNTED"), refusedWith("not-found", /Did you mean counted\?/i));
});

test("A version that exists is the answer for the same content, and a conflict for another", async () => {
  const first = await create("fixed", "https://a/1", "v1");

  assert.deepEqual(await create("fixed", "https://a/1", "v1"), first);
  await assert.rejects(
    create("fixed", "https://a/2", "v1"),
    refusedWith("conflict", /version v1 of data fixed exists already with another content/),
  );
  assert.deepEqual(await get("fixed"), first);
  await assert.rejects(create("fixed", "https://a/1", "latest"), refusedWith("invalid", /is a label/));
});

test("A version asked for by many at once is made once", async () => {
  const made = await Promise.all(Array.from({ length: 10 }, () => create("raced", "https://a/1", "1")));

  assert.equal(new Set(made.map(({ createdAt }) => createdAt)).size, 1);
  assert.deepEqual(await list({ name: "raced" }), ["raced:1"]);
});

test("A deleted version is not given another content, but may come back as it was", async () => {
  await create("gone", "https://a/1", "1");
  assert.deepEqual(await remove("gone", "1"), { deleted: true });
  await assert.rejects(get("gone"), refusedWith("not-found", /no data named gone/));
  await assert.rejects(remove("gone", "1"), refusedWith("not-found"));

  await assert.rejects(create("gone", "https://a/2", "1"), refusedWith("conflict", /was deleted/));
  assert.equal((await create("gone", "https://a/1", "1")).version, "1");
});

test("Only what is said of a version changes; tags go and come, properties are added once", async () => {
  const before = await create("said", "https://a/1");
  await update("said", "1", { tags: { keep: "1", drop: "1" }, properties: { fixed: "1" } });

  const after = await update("said", "1", {
    description: "better",
    tags: { drop: null, keep: "2" },
    properties: { fixed: "1", more: "2" },
  });

  const words = { description: "better", tags: { keep: "2" }, properties: { fixed: "1", more: "2" } };
  assert.deepEqual(after, { ...before, ...words });
  await assert.rejects(
    update("said", "1", { description: "lost", properties: { fixed: "9", more: "2" } }),
    refusedWith("immutable", /fixed/),
  );
  assert.deepEqual(await get("said"), after);
  const path = "/api/v1/assets/data/said/1";
  const sent = { method: "PATCH", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ content: data("https://evil/"), version: "9", run: "x", createdAt: 1 });
  assert.equal((await server.fetch(path, { ...sent, body })).status, 200);
  assert.deepEqual(await get("said"), after);
});

test("Labels move from version to version; latest is nobody's to move", async () => {
  for (const uri of ["https://a/1", "https://a/2"]) await create("labeled", uri);

  await update("labeled", "1", { addLabels: ["prod", "blue"] });
  assert.equal((await get("labeled", { label: "prod" })).version, "1");
  await update("labeled", "2", { addLabels: ["prod"] });
  assert.deepEqual((await get("labeled", { label: "prod" })).labels, ["latest", "prod"]);
  assert.deepEqual((await get("labeled", { version: "1" })).labels, ["blue"]);
  await update("labeled", "1", { removeLabels: ["blue"] });
  await assert.rejects(
    get("labeled", { label: "blue" }),
    refusedWith("not-found", /no version labeled blue; it has 2 \(latest, prod\), 1/),
  );
  for (const body of [{ addLabels: ["latest"] }, { removeLabels: ["latest"] }]) {
    await assert.rejects(update("labeled", "1", body), refusedWith("invalid", /newest version/));
  }
});

test("An archived version is in no list and never the latest, but is found by its number", async () => {
  for (const uri of ["https://a/1", "https://a/2"]) await create("old", uri);
  const archive = (version: string, archived: boolean) => update("old", version, { archived });

  await archive("2", true);
  assert.equal((await get("old")).version, "1");
  assert.deepEqual(await list({ name: "old" }), ["old:1"]);
  await archive("1", true);
  assert.equal((await get("old", { version: "2" })).archived, true);
  assert.deepEqual(
    [await list({ name: "old" }), await list({ name: "old", archived: "only" })],
    [[], ["old:2", "old:1"]],
  );
  assert.ok(!(await list({})).some((one) => one.startsWith("old:")));
  await assert.rejects(
    get("old"),
    refusedWith("not-found", /2 \(archived\), 1 \(archived\).*all of them are archived/),
  );

  assert.equal((await create("old", "https://a/3")).version, "3");
  await archive("2", false);
  assert.equal((await get("old")).version, "3");
});

test("What there is not is told with the nearest name and the versions there are", async () => {
  await addData(server, "iris-flowers", "1");
  await addData(server, "iris-flowers", "2");

  await assert.rejects(
    get("iris-flower"),
    refusedWith("not-found", /Did you mean iris-flowers\?.*trainyard data create/),
  );
  await assert.rejects(
    get("iris-flowers", { version: "7" }),
    refusedWith("not-found", /has no version 7; it has 2 \(latest\), 1/),
  );
  await assert.rejects(update("iris-flowers", "7", {}), refusedWith("not-found", /it has 2/));
  await assert.rejects(
    server.client.getLineage({ params: { kind: "data", name: "iris-flowers", version: "7" } }),
    refusedWith("not-found"),
  );
});

test("A source that is not here, or not a source of files, is refused", async () => {
  const id = "a".repeat(64);
  const bad = [
    [{ kind: "snapshot", id }, "not-found", /snapshot aaa.* is not stored/],
    [{ kind: "datastore", datastore: "lake", path: "x" }, "not-found", /no datastore named lake/],
    [{ kind: "asset", name: "other", version: "1" }, "invalid", /another asset \(other\)/],
    [{ kind: "run", run: "nobody", path: "x" }, "not-found", /no run named nobody/],
    [{ kind: "local", path: "/x" }, "invalid", /source/],
  ] as const;
  for (const [source, code, words] of bad) {
    const content = { kind: "data", type: "uri_folder", source } as never;
    const call = server.client.createAsset({ params: { kind: "data" }, body: { name: "bad", content } });
    await assert.rejects(call, refusedWith(code, words), source.kind);
  }
  const reference = { kind: "asset", name: "AzureML-Minimal", version: "1" } as const;
  for (const environment of [
    { reference },
    { build: { dockerfile: "x", context: { kind: "snapshot", id } } },
  ]) {
    const content = { kind: "environment", environment } as never;
    const call = server.client.createAsset({
      params: { kind: "environment" },
      body: { name: "bad", content },
    });
    await assert.rejects(call, refusedWith("reference" in environment ? "invalid" : "not-found"));
  }
  for (const name of ["", "a/b", "a:1", " x", ".."]) {
    await assert.rejects(create(name, "https://a"), refusedWith("invalid"), name);
  }
  await assert.rejects(get("bad"), refusedWith("not-found"), "nothing of it was kept");
});

test("An environment's own words are said of the version, and are no part of its content", async () => {
  const register = (description: string) =>
    server.client.createAsset({
      params: { kind: "environment" },
      body: {
        name: "described",
        version: "1",
        content: {
          kind: "environment",
          environment: { name: "elsewhere", version: "9", image: "python", description, tags: { a: "b" } },
        },
      },
    });

  const made = await register("first");

  assert.deepEqual(made.content, { kind: "environment", environment: { image: "python" } });
  assert.deepEqual([made.description, made.tags], ["first", { a: "b" }]);
  assert.deepEqual(await register("second"), made);
});

test("Pages of a list hold every version once", async () => {
  for (let count = 1; count <= 7; count++) await create("paged", `https://a/${count}`);
  const seen: string[] = [];
  let before: string | undefined;
  do {
    const answer = await server.client.listAssets({
      params: { kind: "data" },
      query: { name: "paged", limit: 3, before },
    });
    seen.push(...answer.assets.map(({ version }) => version));
    before = answer.next ?? undefined;
  } while (before !== undefined);

  assert.deepEqual(seen, ["7", "6", "5", "4", "3", "2", "1"]);
  await assert.rejects(list({ before: "x" }), refusedWith("invalid"));
});

test("Every change of a version is an event", async () => {
  const { events } = await server.client.listEvents({ query: { limit: 10_000 } });
  const since = events.at(-1)!.seq;

  await create("told", "https://a/1");
  await create("told", "https://a/1", "1");
  await update("told", "1", { description: "x" });
  await remove("told", "1");

  const fresh = (await server.client.listEvents({ query: { after: since } })).events;
  assert.deepEqual(
    fresh.map(({ body }) => body),
    ["created", "updated", "deleted"].map((change) => ({
      kind: "asset.changed",
      asset: "data",
      name: "told",
      version: "1",
      change,
    })),
  );
});
