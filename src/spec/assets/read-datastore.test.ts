import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { describeDatastore } from "./describe-datastore.ts";
import { InvalidFile } from "../text/problem.ts";
import { readDatastoreFile, readDatastoreText } from "./read-datastore.ts";
import { readWorkspaceFile } from "./read-workspace.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "datastore-"));
});
after(() => rm(folder, { recursive: true }));

async function write(yaml: string): Promise<string> {
  const file = path.join(folder, "store.yml");
  await writeFile(file, yaml);
  return file;
}
const read = async (yaml: string, set: string[] = []) => readDatastoreFile(await write(yaml), { set });

test("secrets of both generations are kept apart under the same names", async () => {
  const common = "name: blobs\ntype: azure_blob\naccount_name: acc\ncontainer_name: con\nendpoint: e\n";
  for (const part of ["credential: {access_key: s3cret}", "credentials: {account_key: s3cret}"]) {
    const { datastore, secrets } = await read(`${common}${part}\n`);
    assert.deepEqual(secrets, { account_key: "s3cret" });
    assert.deepEqual(datastore, {
      name: "blobs",
      type: "azure_blob",
      settings: { account_name: "acc", container_name: "con", endpoint: "e" },
      description: "",
      tags: {},
    });
  }
});

test("folders go by three names and have no credentials", async () => {
  for (const type of ["local_folder", "local_fs", "NFS"]) {
    const { datastore } = await read(`name: share\ntype: ${type}\npath: /mnt/share\nis_default: true\n`);
    assert.equal(datastore.type, "local_folder");
    assert.equal(datastore.isDefault, true);
    assert.deepEqual(datastore.settings, { path: "/mnt/share" });
  }
  await assert.rejects(read("name: share\ntype: nfs\npath: share\n"), /expected an absolute path/);
  await assert.rejects(
    read("name: share\ntype: nfs\npath: /a\ncredentials: {account_key: s3cret}\n"),
    withoutSecret(/a nfs has no credentials/),
  );
});

test("an S3 bucket has its settings as texts", async () => {
  const { datastore, secrets } = await read(
    "name: s3\ntype: s3\nbucket: b\nregion: eu-1\nendpoint: http://minio:9000\nforce_path_style: true\n" +
      "credentials: {access_key_id: 1, secret_access_key: s3cret, session_token: t}\n",
  );
  assert.deepEqual(datastore.settings, {
    bucket: "b",
    region: "eu-1",
    endpoint: "http://minio:9000",
    force_path_style: "true",
  });
  assert.deepEqual(secrets, { access_key_id: "1", secret_access_key: "s3cret", session_token: "t" });
});

test("files of types that this version cannot read are understood", async () => {
  const principal = "credential: {tenant_id: t, client_id: c, client_secret: s3cret}";
  const file = await read(`name: f1\ntype: azure_file\naccount_name: a\nfile_share_name: s\n${principal}\n`);
  assert.equal(file.datastore.type, "azure_file");
  const lake = await read(`name: f2\ntype: azure_data_lake_gen1\nstore_name: s\n${principal}\n`);
  assert.deepEqual(lake.secrets, { tenant_id: "t", client_id: "c", client_secret: "s3cret" });
});

const withoutSecret = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InvalidFile);
  assert.match(error.message, message);
  assert.doesNotMatch(JSON.stringify(error.problems) + error.message, /s3cret/);
  return true;
};

const faulty: [string, string, RegExp][] = [
  ["a misspelled key", "credentials: {acount_key: s3cret}", /Did you mean "account_key"/],
  ["a text in place of the mapping", "credentials: s3cret", /expected a mapping of account_key/],
  ["a list in place of a text", "credentials: {account_key: [s3cret]}", /expected a text that is not empty/],
  ["a broken line", "credentials: {account_key: s3cret", /is not valid YAML/],
  ["a stray quote", 'credentials:\n  account_key: "s3cret" s3cret', /is not valid YAML/],
  ["a secret at the root", "account_key: s3cret", /unknown key/],
  ["two of them", "credentials: {sas_token: s3cret}\ncredential: {sas_token: s3cret}", /expected one of/],
];
for (const [what, part, message] of faulty) {
  test(`the message about ${what} does not repeat the secret`, async () => {
    const yaml = `name: blobs\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n${part}\n`;
    await assert.rejects(read(yaml), withoutSecret(message));
  });
}

test("a message about --set does not repeat the secret either", async () => {
  const yaml = "name: blobs\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n";
  await assert.rejects(read(yaml, ["credentials.acount_key=s3cret"]), withoutSecret(/--set.*=…/));
});

test("what is shown of a datastore can be changed and read again", async () => {
  const shown = describeDatastore({
    name: "s3",
    type: "s3",
    settings: { bucket: "b", force_path_style: "true" },
    credentialNames: ["access_key_id"],
    isDefault: false,
    description: "old",
    tags: { a: "b" },
  });
  const { datastore, secrets } = await readDatastoreText(stringify(shown), {
    set: ["description=new", "credentials.access_key_id=k"],
  });
  assert.deepEqual(datastore, {
    name: "s3",
    type: "s3",
    settings: { bucket: "b", force_path_style: "true" },
    isDefault: false,
    description: "new",
    tags: { a: "b" },
  });
  assert.deepEqual(secrets, { access_key_id: "k" });
});

test("a workspace needs nothing but its name, and knows the cloud's keys", async () => {
  const { workspace } = await readWorkspaceFile(
    await write("name: w\nfriendly_name: W\nlocation: here\nhbi_workspace: false\napp_insights: x\n"),
  );
  assert.deepEqual(workspace, { name: "w", displayName: "W", description: "", location: "here", tags: {} });
  await assert.rejects(readWorkspaceFile("store.yml", { set: ["nmae=x"] }), InvalidFile);
});
