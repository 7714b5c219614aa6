// What every kind of datastore must do, each against a real store of its kind.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { azuriteKey, startAzurite } from "./azurite.fixture.ts";
import type { Azurite } from "./azurite.fixture.ts";
import { DatastoreFailed } from "./datastore-client.ts";
import type { DatastoreClient, DatastoreFault } from "./datastore-client.ts";
import { openDatastore } from "./open-datastore.ts";
import type { DatastoreToOpen } from "./open-datastore.ts";
import { s3Secrets, startS3Server } from "./s3-server.fixture.ts";
import type { S3Server } from "./s3-server.fixture.ts";

const { signal } = new AbortController();
const canary = "kXq7canary9secretZw==";

interface Kind {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** An empty one. */
  make(): Promise<{ datastore: DatastoreToOpen; secrets: Record<string, string> }>;
  wrongSecrets?: Record<string, string>;
  nowhere: Record<string, string>;
}

let azurite: Azurite;
let s3: S3Server;
let root: string;
const kinds: Kind[] = [
  {
    name: "local_folder",
    start: async () => void (root = await mkdtemp(join(tmpdir(), "datastores-"))),
    stop: () => rm(root, { recursive: true }),
    async make() {
      const path = await mkdtemp(join(root, "store-"));
      return { datastore: { name: "share", type: "local_folder", settings: { path } }, secrets: {} };
    },
    nowhere: { path: "/nowhere/at/all" },
  },
  {
    name: "azure_blob",
    start: async () => void (azurite = await startAzurite()),
    stop: async () => azurite.stop(),
    make: async () => ({
      datastore: { name: "cloud", type: "azure_blob", settings: await azurite.newContainer() },
      secrets: { account_key: azuriteKey },
    }),
    wrongSecrets: { account_key: canary },
    nowhere: { account_name: "a", container_name: "c", endpoint: "127.0.0.1:1", protocol: "http" },
  },
  {
    name: "s3",
    start: async () => void (s3 = await startS3Server()),
    stop: () => s3.stop(),
    make: async () => ({
      datastore: { name: "bucket", type: "s3", settings: await s3.newBucket() },
      secrets: s3Secrets,
    }),
    wrongSecrets: { access_key_id: "wrong", secret_access_key: canary },
    nowhere: { bucket: "b", endpoint: "http://127.0.0.1:1" },
  },
];

async function* bytes(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  throw new Error("the source broke off");
}

const put = (store: DatastoreClient, path: string, text: string) => store.write(path, bytes(text), signal);

async function textOf(store: DatastoreClient, path: string, start = 0): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await store.read(path, { start, signal })).body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function listed(store: DatastoreClient, folder: string): Promise<string[]> {
  const found = await Array.fromAsync(store.list(folder, signal));
  return found.map((file) => `${file.path}=${file.sizeBytes}`).toSorted();
}

const failsAs = (fault: DatastoreFault, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DatastoreFailed, String(error));
  assert.equal(error.fault, fault, error.message);
  assert.match(error.message, words);
  assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes(canary), "no secret in it");
  return true;
};

for (const kind of kinds) {
  describe(`a datastore of type ${kind.name}`, { timeout: 60_000 }, () => {
    before(() => kind.start());
    after(() => kind.stop());
    const open = async () => {
      const { datastore, secrets } = await kind.make();
      return openDatastore(datastore, secrets);
    };

    it("gives back what was written, whole and from the middle", async () => {
      const store = await open();

      await put(store, "a/b/iris.csv", "1,2,3\n");

      assert.equal(await textOf(store, "a/b/iris.csv"), "1,2,3\n");
      assert.equal(await textOf(store, "a/b/iris.csv", 4), "3\n");
    });

    it("lists a folder with sizes, and not what only begins like it", async () => {
      const store = await open();
      for (const [path, text] of [
        ["data/x.txt", "x"],
        ["data/deep/y.txt", "yy"],
        ["data2/z.txt", "zzz"],
        ["data.txt", ""],
      ] as const)
        await put(store, path, text);

      assert.deepEqual(await listed(store, "data"), ["data/deep/y.txt=2", "data/x.txt=1"]);
      assert.deepEqual(await listed(store, "data/"), ["data/deep/y.txt=2", "data/x.txt=1"]);
      assert.equal((await listed(store, "")).length, 4);
      assert.deepEqual(await listed(store, "nothing/here"), []);
    });

    it("lists more files than fit a page", async () => {
      const store = await open();
      const names = Array.from({ length: 1050 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(names.slice(at, at + 50).map((name) => put(store, name, "")));
      }

      const found = await listed(store, "many");

      assert.deepEqual(
        found,
        names.map((name) => `${name}=0`),
      );
    });

    it("tells a file from a folder and from nothing", async () => {
      const store = await open();
      await put(store, "data/x.txt", "abc");

      assert.equal((await store.stat("data/x.txt", signal))?.sizeBytes, 3);
      assert.equal(await store.stat("data", signal), undefined);
      assert.equal(await store.stat("data/none.txt", signal), undefined);
    });

    it("keeps names with blanks, signs and letters of any script", async () => {
      const store = await open();
      const names = ["a b/c+d.txt", "ümlaut/Ж/数.csv", "q?x=1&y#z%20.txt", "(1) [2] {3}'.txt"];
      for (const name of names) await put(store, name, name);

      for (const name of names) assert.equal(await textOf(store, name), name);
      assert.equal((await listed(store, "")).length, names.length);
    });

    it("gives every change of a file another version, and refuses to read a version that is gone", async () => {
      const store = await open();
      await put(store, "x", "old");
      const before = await store.stat("x", signal);
      await put(store, "x", "new");
      const after = await store.stat("x", signal);

      assert.notEqual(before?.version, after?.version);
      await assert.rejects(
        store.read("x", { version: before!.version, signal }),
        failsAs("changed", /^x in .* changed/),
      );
      const { body } = await store.read("x", { version: after!.version, signal });
      assert.equal(Buffer.concat(await Array.fromAsync(body)).toString(), "new");
    });

    it("says the same version when listing, asking and reading", async () => {
      const store = await open();
      await put(store, "d/x", "abc");

      const [entry] = await Array.fromAsync(store.list("d", signal));
      const opened = await store.read("d/x", { signal });
      await Array.fromAsync(opened.body);

      assert.deepEqual(entry, await store.stat("d/x", signal));
      assert.equal(opened.version, entry?.version);
      assert.equal(opened.sizeBytes, 3);
      assert.ok(opened.md5 === undefined || opened.md5 === "900150983cd24fb0d6963f7d28e17f72");
    });

    it("keeps a file that is longer than one request carries", async () => {
      const store = await open();
      const block = Buffer.alloc(3 << 20, "abcdefgh");

      await store.write("big.bin", bytes(...Array.from({ length: 7 }, () => block)), signal);

      assert.equal((await store.stat("big.bin", signal))?.sizeBytes, 21 << 20);
      const end = await textOf(store, "big.bin", (21 << 20) - 8);
      assert.equal(end, "abcdefgh");
    });

    it("shows nothing of a write that failed, and keeps the file that was there", async () => {
      const store = await open();
      await put(store, "kept", "whole");

      await assert.rejects(store.write("kept", broken(), signal), /the source broke off/);
      await assert.rejects(store.write("new/one", broken(), signal), /the source broke off/);

      assert.equal(await textOf(store, "kept"), "whole");
      assert.deepEqual(await listed(store, ""), ["kept=5"]);
    });

    it("names what is not there", async () => {
      const store = await open();

      await assert.rejects(store.read("no/such.csv", { signal }), failsAs("not-found", /^no\/such\.csv in /));
    });

    it("takes no path that leads out of it", async () => {
      const store = await open();

      for (const path of ["../x", "/etc/passwd", "a/../../x", "a//b", "a\\..\\b", "", "a\0b"]) {
        await assert.rejects(store.read(path, { signal }), failsAs("invalid", /none inside a datastore/));
        await assert.rejects(
          store.write(path, bytes("x"), signal),
          failsAs("invalid", /none inside a datastore/),
        );
      }
    });

    it("says that a store cannot be reached, or is not there", async () => {
      const { datastore, secrets } = await kind.make();
      const store = await openDatastore({ ...datastore, settings: kind.nowhere }, secrets);

      await assert.rejects(Array.fromAsync(store.list("data", signal)), (error) => {
        const isRight =
          error instanceof DatastoreFailed && ["unavailable", "not-found"].includes(error.fault);
        return isRight && error.message.includes(datastore.name);
      });
      await assert.rejects(store.stat("data/x", signal), DatastoreFailed);
    });

    if (kind.wrongSecrets) {
      it("says that its credentials are wrong, without saying them", async () => {
        const { datastore } = await kind.make();
        const store = await openDatastore(datastore, kind.wrongSecrets!);
        const isForbidden = failsAs("forbidden", /credentials/);

        await assert.rejects(Array.fromAsync(store.list("", signal)), isForbidden);
        await assert.rejects(store.read("x", { signal }), isForbidden);
        await assert.rejects(put(store, "x", "x"), isForbidden);
        await assert.rejects(store.stat("x", signal), isForbidden);
      });
    }

    it("stops at once when it is told to", async () => {
      const store = await open();
      const stop = new AbortController();
      stop.abort(new Error("told to stop"));

      await assert.rejects(Array.fromAsync(store.list("", stop.signal)), /told to stop/);
    });
  });
}

describe("a local folder", () => {
  it("does not follow a link that leads out of it", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "datastores-"));
    t.after(() => rm(folder, { recursive: true }));
    const { symlink, writeFile } = await import("node:fs/promises");
    await mkdir(join(folder, "store"));
    await writeFile(join(folder, "outside.txt"), "not yours");
    await symlink(join(folder, "outside.txt"), join(folder, "store", "link.txt"));
    await symlink(folder, join(folder, "store", "up"));
    const store = await openDatastore(
      { name: "share", type: "local_folder", settings: { path: join(folder, "store") } },
      {},
    );

    const isOutside = failsAs("forbidden", /a link to a place outside/);
    await assert.rejects(store.read("link.txt", { signal }), isOutside);
    await assert.rejects(store.write("up/new.txt", bytes("x"), signal), isOutside);
    await assert.rejects(Array.fromAsync(store.list("", signal)), isOutside);
  });
});

describe("a datastore of a type that is only understood", () => {
  it("says what to use instead", async () => {
    await assert.rejects(
      openDatastore({ name: "files", type: "azure_file", settings: {} }, {}),
      failsAs("invalid", /azure_file.*local_folder/),
    );
  });
});
