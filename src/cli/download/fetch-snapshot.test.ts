import assert from "node:assert/strict";
import { hash as digest } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Unreachable } from "../../api/client.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";
import { aClient, aLink, bytesOf } from "../testing.fixture.ts";
import { fetchSnapshot } from "./fetch-snapshot.ts";

const texts = { "a.txt": "one", "sub/b.sh": "two", "sub/deep/c.txt": "one" };
const hashOf = (text: string) => digest("sha256", text);
const manifest: SnapshotManifest = {
  version: 1,
  files: Object.entries(texts).map(([path, text]) => ({
    path,
    hash: hashOf(text),
    sizeBytes: text.length,
    executable: path.endsWith(".sh"),
  })),
  emptyDirectories: ["empty"],
};

describe("fetching a snapshot", () => {
  let folder = "";
  let fetched: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fetch-"));
    fetched = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const stored = (hash: string) => Object.values(texts).find((text) => hashOf(text) === hash)!;
  const fetch = (answer: (text: string) => AsyncIterable<Uint8Array> = bytesOf) =>
    fetchSnapshot(manifest, folder, {
      link: aLink(
        aClient({
          getBlob: async ({ params }) => {
            fetched.push(stored(params.hash));
            return answer(stored(params.hash));
          },
        }),
      ),
      signal: new AbortController().signal,
      onBytes: () => {},
    });

  it("writes the tree with empty folders and executable bits", async () => {
    assert.deepEqual(await fetch(), { known: 0 });

    for (const [path, text] of Object.entries(texts)) {
      assert.equal(await readFile(join(folder, path), "utf8"), text);
    }
    assert.deepEqual(await readdir(join(folder, "empty")), []);
    assert.equal((await stat(join(folder, "sub/b.sh"))).mode & 0o100, 0o100);
  });

  it("fetches only what is missing or different", async () => {
    await fetch();
    await writeFile(join(folder, "sub/b.sh"), "TWO");
    fetched = [];

    assert.deepEqual(await fetch(), { known: 2 });

    assert.deepEqual(fetched, ["two"]);
    assert.equal(await readFile(join(folder, "sub/b.sh"), "utf8"), "two");
  });

  it("leaves no half file when bytes are damaged", async () => {
    await assert.rejects(
      fetch(() => bytesOf("bad")),
      /arrived damaged/,
    );
    const left = await readdir(folder, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      left.filter((entry) => entry.isFile()),
      [],
    );
  });

  it("begins a file again when the connection breaks in the middle", async () => {
    let breaks = 1;
    await fetch(async function* (text) {
      yield Buffer.from(text.slice(0, 1));
      if (breaks-- > 0) throw new Unreachable("the answer broke off in the middle");
      yield Buffer.from(text.slice(1));
    });
    assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "one");
    assert.equal(fetched.length, 4);
  });

  it("gives up when the connection never holds", async () => {
    await assert.rejects(
      // oxlint-disable-next-line require-yield -- it breaks before the first byte
      fetch(async function* () {
        throw new Unreachable("gone");
      }),
      Unreachable,
    );
  });

  it("does not write through links that lie in the folder", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await mkdir(join(folder, "sub"));
    await symlink(outside, join(folder, "sub/deep"));

    await assert.rejects(fetch(), /sub\/deep is a link/);

    assert.deepEqual(await readdir(outside), []);
    await rm(outside, { recursive: true });
  });

  it("replaces a link in the place of a file, and not what it leads to", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeFile(join(outside, "victim"), "mine");
    await symlink(join(outside, "victim"), join(folder, "a.txt"));

    await fetch();

    assert.equal(await readFile(join(outside, "victim"), "utf8"), "mine");
    assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "one");
    await rm(outside, { recursive: true });
  });
});
