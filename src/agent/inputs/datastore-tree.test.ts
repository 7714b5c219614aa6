import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { InputMode } from "../../core/job-spec.ts";
import { DatastoreFailed } from "../../datastores/datastore-client.ts";
import type { DatastoreClient } from "../../datastores/datastore-client.ts";
import { openLocalFolder } from "../../datastores/local-folder.ts";
import { stageInputs } from "./stage-inputs.ts";
import type { InputStaging } from "./stage-inputs.ts";
import { createStaging } from "./staging.fixture.ts";
import type { StagingOptions } from "./staging.fixture.ts";

/** A datastore of this test, and which paths were read from it. */
async function createStore(t: TestContext, files: Record<string, string>, options: StagingOptions = {}) {
  const reads: string[] = [];
  const datastores: Record<string, DatastoreClient> = {};
  const staging = await createStaging(t, { ...options, datastores });
  const folder = join(staging.root, "store");
  const write = async (path: string, text: string) => {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const client = openLocalFolder("lake", folder);
  const watched: DatastoreClient = {
    ...client,
    read(path, options) {
      reads.push(path);
      return client.read(path, options);
    },
  };
  datastores["lake"] = watched;
  return { staging, folder, write, reads, client: watched, datastores };
}

async function stage(staging: InputStaging, path: string, mode: InputMode = "mount"): Promise<string> {
  const source = { kind: "datastore" as const, datastore: "lake", path };
  const staged = await stageInputs({ table: { kind: "data", mode, source } }, staging);
  return staged.values["table"] ?? "";
}

describe("an input from a datastore", { timeout: 30_000 }, () => {
  it("is the folder when its path is one, and the file when it is one", async (t) => {
    const { staging } = await createStore(t, { "iris/a.csv": "a", "iris/deep/b.csv": "b", "c.csv": "c" });

    const folder = await stage(staging, "iris/");
    assert.deepEqual((await readdir(folder)).toSorted(), ["a.csv", "deep"]);
    assert.equal(await readFile(join(folder, "deep/b.csv"), "utf8"), "b");
    assert.equal(await stage(staging, "iris"), folder);
    const file = await stage(staging, "iris/deep/b.csv");
    assert.equal(await readFile(file, "utf8"), "b");
    assert.match(file, /\/b\.csv$/);
    assert.deepEqual((await readdir(await stage(staging, ""))).toSorted(), ["c.csv", "iris"]);
  });

  it("is a copy of the job's own when it is to be downloaded", async (t) => {
    const { staging, folder } = await createStore(t, { "iris/a.csv": "a" });

    const path = await stage(staging, "iris", "download");
    await writeFile(join(path, "a.csv"), "changed by the job");

    assert.equal(path, join(staging.folder, "table"));
    assert.equal(await readFile(join(folder, "iris/a.csv"), "utf8"), "a");
    assert.equal(await readFile(join(await stage(staging, "iris"), "a.csv"), "utf8"), "a");
  });

  it("is the store's own address when it is to be read directly", async (t) => {
    const { staging, folder, reads } = await createStore(t, { "iris/a.csv": "a" });

    assert.equal(await stage(staging, "iris/a.csv", "direct"), join(folder, "iris/a.csv"));
    assert.deepEqual(reads, []);
  });

  it("is downloaded once, and later only what has changed", async (t) => {
    const { staging, write, reads } = await createStore(t, { "d/a": "a", "d/b": "b", "d/c": "c" });
    const before = await stage(staging, "d");
    assert.deepEqual(reads.splice(0).toSorted(), ["d/a", "d/b", "d/c"]);

    await write("d/b", "changed");
    const after = await stage(staging.nextAttempt(), "d");

    assert.deepEqual(reads, ["d/b"]);
    assert.equal(await readFile(join(after, "b"), "utf8"), "changed");
    assert.equal(await readFile(join(before, "b"), "utf8"), "b", "who had it mounted keeps what there was");
  });

  it("is read once when several jobs want it at the same time", async (t) => {
    const { staging, reads } = await createStore(t, { "d/a": "a".repeat(100_000) });

    const paths = await Promise.all(Array.from({ length: 5 }, () => stage(staging.nextAttempt(), "d")));

    assert.equal(new Set(paths).size, 1);
    assert.deepEqual(reads, ["d/a"]);
  });

  it("that is not there is named, with its datastore", async (t) => {
    const { staging } = await createStore(t, { "iris/a.csv": "a" });

    await assert.rejects(
      stage(staging, "irsi"),
      /^StagingFailed: input table: the datastore lake has no file or folder irsi$/,
    );
  });

  it("goes on after the store was out of reach, from the byte where it stopped", async (t) => {
    const { staging, client, datastores } = await createStore(t, { "d/a": "0123456789" });
    const starts: number[] = [];
    datastores["lake"] = {
      ...client,
      async read(path, options) {
        starts.push(options.start ?? 0);
        const opened = await client.read(path, options);
        const isFirst = starts.length === 1;
        return { ...opened, body: isFirst ? breaking(opened.body, 4) : opened.body };
      },
    };

    const path = await stage(staging, "d/a");

    assert.equal(await readFile(path, "utf8"), "0123456789");
    assert.deepEqual(starts, [0, 4]);
  });

  it("of which the store sends other bytes than it announced is no input", async (t) => {
    const { staging, client, datastores } = await createStore(t, { "d/a": "0123456789" });
    datastores["lake"] = {
      ...client,
      async read(path, options) {
        return { ...(await client.read(path, options)), md5: "0".repeat(32) };
      },
    };

    await assert.rejects(stage(staging, "d/a"), /input table: d\/a did not arrive whole: bytes with the MD5/);
    assert.deepEqual(await readdir(join(staging.root, "blobs")), []);
  });

  it("that the store forbids is not tried again", async (t) => {
    const { staging, client, datastores } = await createStore(t, { "d/a": "a" });
    let tries = 0;
    datastores["lake"] = {
      ...client,
      read() {
        tries += 1;
        return Promise.reject(new DatastoreFailed("forbidden", "d/a in lake may not be reached"));
      },
    };

    await assert.rejects(stage(staging, "d/a"), /input table: d\/a in lake may not be reached/);
    assert.equal(tries, 1);
  });

  it("that stalls is given up after its time", async (t) => {
    const { staging, client, datastores } = await createStore(
      t,
      { "d/a": "0123456789" },
      { limits: { stallMs: 300 } },
    );
    datastores["lake"] = {
      ...client,
      async read(path, options) {
        const opened = await client.read(path, options);
        await Array.fromAsync(opened.body);
        return { ...opened, body: endless() };
      },
    };

    await assert.rejects(stage(staging, "d/a"), /input table: nothing arrived for 0\.3 seconds/);
  });

  it("that was evicted meanwhile is downloaded again", async (t) => {
    const { staging, reads } = await createStore(t, { "d/a": "abc" });
    await stage(staging, "d", "download");
    await rm(join(staging.root, "blobs"), { recursive: true });

    const path = await stage(staging, "d");

    assert.equal(await readFile(join(path, "a"), "utf8"), "abc");
    assert.deepEqual(reads, ["d/a", "d/a"]);
  });
});

async function* breaking(body: AsyncIterable<Uint8Array>, after: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    yield chunk.subarray(0, after);
    throw new DatastoreFailed("unavailable", "it broke off");
  }
}

async function* endless(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("0");
  await new Promise(() => {});
}
