import assert from "node:assert/strict";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  addData,
  hashOf,
  manifestOf,
  readTree,
  refusedWith,
  runJob,
  storeTree,
  submit,
} from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { startProgram } from "../../../test/support/child-lines.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { createClient, readText } from "../../api/client.ts";
import { createHttpTransport } from "../../api/http-transport.ts";

/** As if everything in this home had last been used a week ago. */
function age(home: string): void {
  const then = Date.now() / 1000 - 7 * 86_400;
  for (const folder of ["blobs", "growing"]) {
    for (const entry of readdirSync(join(home, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then);
    }
  }
  const database = new DatabaseSync(join(home, "trainyard.db"));
  database.prepare("update snapshots set used_at = ?").run(then * 1000);
  database.close();
}

async function aWeekLater(server: TestServer): Promise<void> {
  age(server.home);
  await server.restart();
}

const isStored = async (server: TestServer, text: string) =>
  (await server.client.missingBlobs({ body: { hashes: [hashOf(text)] } })).missing.length === 0;

test("What a run, an asset or a model names stays, whatever else goes", async () => {
  await using server = await startTestServer();
  const agent = await startFakeAgent(server);
  const code = await storeTree(server, { "main.py": "code" });
  const input = await storeTree(server, { "in.csv": "input" });
  await runJob(
    server,
    agent,
    "made",
    { "outputs/model": "weights", "outputs/kept": "replaced" },
    {
      code,
      inputs: { table: { kind: "data", source: input, mode: "mount", type: "uri_folder" } },
    },
  );
  const params = { run: "made" };
  await server.client.putArtifact({ params, query: { path: "outputs/kept" }, body: "kept" });
  await server.client.appendArtifact({
    params,
    query: { path: "log", offset: 0, close: "true" },
    body: "lines",
  });
  await server.client.archiveJob({ params });
  const model = await server.client.createAsset({
    params: { kind: "model" },
    body: {
      name: "m",
      content: {
        kind: "model",
        type: "custom_model",
        source: { kind: "run", run: "made", path: "outputs/model" },
      },
    },
  });
  const noted = await storeTree(server, { "notebook.py": "a notebook's code" });
  await server.client.updateJob({ params, body: { properties: { ContentSnapshotId: noted.id } } });
  await addData(server, "deleted", "of a deleted version");
  await addData(server, "living", "of a living version");
  await server.client.deleteAsset({ params: { kind: "data", name: "deleted", version: "1" } });
  await storeTree(server, { "x.py": "sent and not submitted" });
  await aWeekLater(server);

  const promised = await server.client.collectStorage({ body: { dryRun: true } });
  for (const text of ["replaced", "of a deleted version"]) assert.equal(await isStored(server, text), true);
  await aWeekLater(server);
  const done = await server.client.collectStorage({ body: {} });

  assert.deepEqual({ ...done, dryRun: true }, promised);
  assert.equal(done.snapshots, 2);
  assert.equal(done.removed.files, 3 + 2, "three texts, and the lists of two snapshots");
  for (const text of ["replaced", "of a deleted version", "sent and not submitted"]) {
    assert.equal(await isStored(server, text), false, text);
  }
  const read = async (path: string) =>
    readText(await server.client.readArtifact({ params, query: { path } }));
  assert.deepEqual(
    [await read("outputs/model"), await read("outputs/kept"), await read("log")],
    ["weights", "kept", "lines"],
  );
  assert.ok(model.content.kind === "model" && model.content.source.kind === "snapshot");
  for (const { id } of [code, input, noted, model.content.source]) {
    for (const hash of Object.values(await readTree(server, id)))
      await readText(await server.client.getBlob({ params: { hash } }));
  }
  assert.equal((await server.client.collectStorage({ body: {} })).removed.files, 0);
});

test("An upload that goes on while storage is tidied finds what it was told is there", async () => {
  await using server = await startTestServer();
  const files = { "a.py": "an old file", "b.py": "a new file" };
  await server.client.putBlob({ params: { hash: hashOf("an old file") }, body: "an old file" });
  await aWeekLater(server);

  const { missing } = await server.client.missingBlobs({
    body: { hashes: Object.values(files).map(hashOf) },
  });
  assert.deepEqual(missing, [hashOf("a new file")]);
  assert.equal((await server.client.collectStorage({ body: { graceHours: 1 } })).removed.files, 0);
  await server.client.putBlob({ params: { hash: missing[0]! }, body: "a new file" });

  assert.equal((await server.client.putSnapshot({ body: manifestOf(files) })).stored, true);
});

test("A snapshot that was found stored stays until its job names it", async () => {
  await using server = await startTestServer();
  const code = await storeTree(server, { "main.py": "code" });
  await aWeekLater(server);

  assert.equal((await server.client.hasSnapshot({ params: { snapshot: code.id } })).stored, true);
  await server.client.collectStorage({ body: {} });
  await submit(server, "late", { code });
  await aWeekLater(server);
  await server.client.collectStorage({ body: {} });

  assert.deepEqual(await readTree(server, code.id), { "main.py": hashOf("code") });
  assert.equal(await isStored(server, "code"), true);
});

test("A log that nothing names goes, one that grows stays", async () => {
  await using server = await startTestServer();
  await submit(server, "logs");
  await server.client.appendArtifact({
    params: { run: "logs" },
    query: { path: "log", offset: 0 },
    body: "lines",
  });
  await server.restart();
  const orphan = join(server.home, "growing", "dy", "nobody");
  await mkdir(dirname(orphan));
  await writeFile(orphan, "left behind");
  age(server.home);

  assert.equal((await server.client.collectStorage({ body: {} })).removed.files, 1);

  assert.equal(existsSync(orphan), false);
  const log = await server.client.readArtifact({ params: { run: "logs" }, query: { path: "log" } });
  assert.equal(await readText(log), "lines");
});

test("A list of files that cannot be read stops the removal, since it may name anything", async () => {
  await using server = await startTestServer();
  const code = await storeTree(server, { "main.py": "code" });
  await submit(server, "a", { code });
  await server.client.putBlob({ params: { hash: hashOf("unnamed") }, body: "unnamed" });
  const manifest = join(server.home, "blobs", "loose", code.id.slice(0, 2), code.id.slice(2));
  await writeFile(manifest, `${await readFile(manifest, "utf8")} `);
  await aWeekLater(server);

  await assert.rejects(
    server.client.collectStorage({ body: {} }),
    refusedWith("conflict", /nothing was removed/),
  );

  assert.equal(await isStored(server, "unnamed"), true);
});

test("A shorter time than an hour is refused, since uploads under way could lose what they sent", async () => {
  await using server = await startTestServer();
  await assert.rejects(server.client.collectStorage({ body: { graceHours: 0 } }), refusedWith("invalid"));
});

test("A server killed at any instant of the removal keeps all that is named, and ends it the next time", async () => {
  await using folder = await makeTempFolder();
  const program = join(import.meta.dirname, "../../../test/support/server-process.fixture.ts");
  const start = async () => {
    const child = startProgram(program, [folder.path]);
    const { value: url } = await child.lines.next();
    const transport = createHttpTransport(url);
    const token = (await readFile(join(folder.path, "token"), "utf8")).trim();
    const kill = async () => {
      await child.killHard();
      transport.close();
    };
    return { client: createClient(transport, token), kill };
  };
  const texts = (kind: string) =>
    Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`${n}.txt`, `${kind} ${n}`]));
  const named = texts("named");

  for (let round = 0; round < 2; round++) {
    const first = await start();
    const source = await storeTree(first, named);
    await storeTree(first, texts(`unnamed ${round}`));
    if (round === 0) await submit(first, "keeper", { code: source });
    await first.kill();
    age(folder.path);

    const second = await start();
    const collecting = second.client.collectStorage({ body: {} }).catch(() => undefined);
    if (round === 1) await Promise.race([collecting, gone(folder.path, hashOf("unnamed 1 0"))]);
    await second.kill();
    await collecting;
    age(folder.path);
  }
  const last = await start();
  await last.client.collectStorage({ body: {} });
  const left = await last.client.collectStorage({ body: { dryRun: true } });
  assert.deepEqual([left.removed.files, left.waiting.files, left.kept.files], [0, 0, 9]);
  const asked = await last.client.missingBlobs({ body: { hashes: Object.values(named).map(hashOf) } });
  assert.deepEqual(asked.missing, []);
  await last.kill();
});

/** Resolves when the removal has come to this blob. */
async function gone(home: string, hash: string): Promise<void> {
  const path = join(home, "blobs", "loose", hash.slice(0, 2), hash.slice(2));
  while (existsSync(path)) await setImmediate();
}
