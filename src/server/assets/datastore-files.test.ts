import assert from "node:assert/strict";
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { refusedWith, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import type { Client } from "../../api/client.ts";
import { readText } from "../../api/client.ts";
import { azuriteKey, startAzurite } from "../../datastores/azurite.fixture.ts";
import type { Azurite } from "../../datastores/azurite.fixture.ts";
import { s3Secrets, startS3Server } from "../../datastores/s3-server.fixture.ts";
import type { S3Server } from "../../datastores/s3-server.fixture.ts";

let server: TestServer;
let azurite: Azurite;
let s3: S3Server;
before(async () => {
  [server, azurite, s3] = await Promise.all([startTestServer(), startAzurite(), startS3Server()]);
  const [container, bucket] = [await azurite.newContainer(), await s3.newBucket()];
  const secrets = { account_key: azuriteKey };
  await save("cloud", { type: "azure_blob", settings: container, secrets });
  await save("bucket", { type: "s3", settings: bucket, secrets: s3Secrets });
});
after(async () => {
  azurite.stop();
  await s3.stop();
  await server[Symbol.asyncDispose]();
});

type SaveBody = Parameters<Client["saveDatastore"]>[0]["body"];
const save = (datastore: string, body: SaveBody) =>
  server.client.saveDatastore({ params: { datastore }, body });
const write = (client: Client, datastore: string, path: string, body: string, overwrite = "false") =>
  client.writeDatastoreFile({ params: { datastore }, query: { path, overwrite }, body });
const read = async (client: Client, datastore: string, path: string) =>
  readText(await client.readDatastoreFile({ params: { datastore }, query: { path } }));
const list = async (client: Client, datastore: string, folder = "") => {
  const text = await readText(await client.listDatastoreFiles({ params: { datastore }, query: { folder } }));
  const files = text.split("\n").filter(Boolean);
  return files.map((line) => (JSON.parse(line) as { path: string }).path).sort();
};

for (const datastore of ["workspaceblobstore", "cloud", "bucket"]) {
  test(`Files of ${datastore} are written, listed and read by the server`, async () => {
    assert.deepEqual(await write(server.client, datastore, "a/é.txt", "one"), {
      path: "a/é.txt",
      sizeBytes: 3,
    });
    await write(server.client, datastore, "b.txt", "two");

    assert.deepEqual(await list(server.client, datastore), ["a/é.txt", "b.txt"]);
    assert.deepEqual(await list(server.client, datastore, "a"), ["a/é.txt"]);
    assert.equal(await read(server.client, datastore, "a/é.txt"), "one");
  });

  test(`A file of ${datastore} that is there is replaced only on request`, async () => {
    await write(server.client, datastore, "c.txt", "old");

    await assert.rejects(
      write(server.client, datastore, "c.txt", "new"),
      refusedWith("conflict", /c\.txt already/),
    );
    assert.equal(await read(server.client, datastore, "c.txt"), "old");
    await write(server.client, datastore, "c.txt", "new", "true");
    assert.equal(await read(server.client, datastore, "c.txt"), "new");
  });

  test(`What ${datastore} has not got is not found, and no path leads out of it`, async () => {
    await assert.rejects(read(server.client, datastore, "none.txt"), refusedWith("not-found", /none\.txt/));
    for (const path of ["../x", "a/../../x", "/etc/passwd", "a\0b"])
      await assert.rejects(read(server.client, datastore, path), refusedWith("invalid", /path/));
  });
}

test("A link that leads out of a folder is not followed", async () => {
  const [inside, outside] = [await mkdtemp(join(tmpdir(), "in-")), await mkdtemp(join(tmpdir(), "out-"))];
  await writeFile(join(outside, "secret.txt"), "secret");
  await symlink(join(outside, "secret.txt"), join(inside, "link.txt"));
  await save("linked", { type: "local_folder", settings: { path: inside } });

  await assert.rejects(read(server.client, "linked", "link.txt"), refusedWith("wrong-state", /outside/));
});

test("A store that refuses its credentials is told in the server's words, without them", async () => {
  const key = Buffer.from("not the key").toString("base64");
  const settings = await azurite.newContainer();
  await save("locked", { type: "azure_blob", settings, secrets: { account_key: key } });

  await assert.rejects(list(server.client, "locked"), (error: Error & { hint?: string }) => {
    assert.match(error.message, /locked|data-/);
    assert.match(error.hint ?? "", /credentials/);
    assert.ok(!JSON.stringify(error, Object.getOwnPropertyNames(error)).includes(key));
    return true;
  });
});

describe("A job", () => {
  let own: Client;
  before(async () => {
    const agent = await startFakeAgent(server);
    const source = { kind: "datastore" as const, datastore: "bucket", path: "in" };
    await submit(server, "reads", { inputs: { data: { kind: "data", mode: "download", source } } });
    own = server.clientWith(server.tokens.forJob((await agent.orderFor("reads")).attempt));
  });

  test("reaches the default datastore and those that it names", async () => {
    await write(own, "workspaceblobstore", "job/x.txt", "x");
    await write(own, "bucket", "job/x.txt", "x");

    assert.equal(await read(own, "bucket", "job/x.txt"), "x");
    assert.deepEqual(await list(own, "workspaceblobstore", "job"), ["job/x.txt"]);
  });

  test("reads of another one what is registered, and writes nothing there", async () => {
    await write(server.client, "cloud", "shared/x.txt", "x");
    await write(server.client, "cloud", "sharedness.txt", "y");
    const forbidden = refusedWith("forbidden", /does not reach the datastore cloud/);
    await assert.rejects(read(own, "cloud", "shared/x.txt"), forbidden);

    const source = { kind: "datastore" as const, datastore: "cloud", path: "shared/" };
    const content = { kind: "data" as const, type: "uri_folder" as const, source };
    await server.client.createAsset({ params: { kind: "data" }, body: { name: "shared", content } });

    assert.equal(await read(own, "cloud", "shared/x.txt"), "x");
    assert.deepEqual(await list(own, "cloud", "shared"), ["shared/x.txt"]);
    await assert.rejects(read(own, "cloud", "sharedness.txt"), forbidden);
    await assert.rejects(list(own, "cloud"), forbidden);
    await assert.rejects(write(own, "cloud", "shared/y.txt", "y"), forbidden);
  });

  test("sees which datastores there are, and no secret of theirs", async () => {
    const text = JSON.stringify(await own.listDatastores({}));

    assert.match(text, /account_key/);
    assert.ok(!text.includes(azuriteKey));
    const secrets = own.getDatastoreSecrets({ params: { datastore: "bucket" } });
    await assert.rejects(secrets, refusedWith("forbidden", /does not reach/));
  });
});
