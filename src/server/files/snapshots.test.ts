import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { readText } from "../../api/client.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { encodeFrameHeader } from "../../core/blob-frames.ts";
import { Refused } from "../../core/refused.ts";
import { canonicalManifest } from "../../core/snapshot.ts";
import type { SnapshotFile, SnapshotManifest } from "../../core/snapshot.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const file = (path: string, text: string): SnapshotFile => ({
  path,
  hash: hashOf(text),
  sizeBytes: Buffer.byteLength(text),
  executable: path.endsWith(".sh"),
});
const manifestOf = (files: SnapshotFile[], emptyDirectories: string[] = []): SnapshotManifest => ({
  version: 1,
  files,
  emptyDirectories,
});
const framed = (texts: string[]) =>
  Buffer.concat(
    texts.flatMap((text) => [encodeFrameHeader(hashOf(text), Buffer.byteLength(text)), Buffer.from(text)]),
  );
const refusedWith = (code: string, words?: RegExp) => (error: unknown) =>
  error instanceof Refused && error.code === code && (words?.test(error.message) ?? true);

test("A snapshot is told what it lacks, is stored when nothing lacks, and comes back the same", async () => {
  const manifest = manifestOf(
    [file("run.sh", "sleep 1"), file("src/a.py", "print(1)"), file("src/b.py", "sleep 1")],
    ["empty"],
  );

  const first = await server.client.putSnapshot({ body: manifest });
  assert.equal(first.id, hashOf(canonicalManifest(manifest)));
  assert.deepEqual(first, { id: first.id, missing: [hashOf("sleep 1"), hashOf("print(1)")], stored: false });
  await assert.rejects(
    server.client.getSnapshot({ params: { snapshot: first.id } }),
    refusedWith("not-found"),
  );

  assert.deepEqual(await server.client.putBlobs({ body: framed(["sleep 1"]) }), { stored: 1, sizeBytes: 7 });
  assert.deepEqual((await server.client.putSnapshot({ body: manifest })).missing, [hashOf("print(1)")]);
  await server.client.putBlob({ params: { hash: hashOf("print(1)") }, body: "print(1)" });
  assert.deepEqual(await server.client.putSnapshot({ body: manifest }), {
    id: first.id,
    missing: [],
    stored: true,
  });

  assert.deepEqual(await server.client.getSnapshot({ params: { snapshot: first.id } }), manifest);
  assert.deepEqual(await server.client.putSnapshot({ body: manifest }), {
    id: first.id,
    missing: [],
    stored: true,
  });
});

test("A tree that cannot lie on a disk, or is not in order, is refused", async () => {
  const bad: [string, SnapshotManifest][] = [
    ["unsorted files", manifestOf([file("b", "x"), file("a", "x")])],
    ["one file twice", manifestOf([file("a", "x"), file("a", "y")])],
    ["a file that is a folder too", manifestOf([file("a", "x"), file("a/b", "x")])],
    ["the same further down", manifestOf([file("a/b", "x"), file("a/b/c/d", "x")])],
    ["the same with another between", manifestOf([file("a", "x"), file("a-b", "x"), file("a/b", "x")])],
    ["a file that is an empty folder too", manifestOf([file("a", "x")], ["a"])],
    ["an empty folder below a file", manifestOf([file("a", "x")], ["a/b"])],
    ["unsorted folders", manifestOf([], ["b", "a"])],
    ["one folder twice", manifestOf([], ["a", "a"])],
  ];
  for (const [what, manifest] of bad) {
    await assert.rejects(server.client.putSnapshot({ body: manifest }), refusedWith("invalid"), what);
  }
  const upper = { ...file("a", "x"), hash: hashOf("x").toUpperCase() };
  await assert.rejects(server.client.putSnapshot({ body: manifestOf([upper]) }), refusedWith("invalid"));
  const negative = { ...file("a", "x"), sizeBytes: -1 };
  await assert.rejects(server.client.putSnapshot({ body: manifestOf([negative]) }), refusedWith("invalid"));
});

test("An empty tree is a snapshot", async () => {
  const answer = await server.client.putSnapshot({ body: manifestOf([]) });

  assert.equal(answer.stored, true);
});

test("Bytes that are not what their name says are refused, alone and in a batch, and nothing of them is kept", async () => {
  const good = "good bytes";
  const wrong = Buffer.concat([
    framed([good]),
    encodeFrameHeader(hashOf("claimed"), 5),
    Buffer.from("other"),
  ]);

  await assert.rejects(
    server.client.putBlob({ params: { hash: hashOf("x") }, body: "y" }),
    refusedWith("invalid"),
  );
  await assert.rejects(server.client.putBlobs({ body: wrong }), refusedWith("invalid"));
  await assert.rejects(
    server.client.putBlobs({ body: framed([good]).subarray(0, -1) }),
    refusedWith("invalid"),
  );

  const { missing } = await server.client.missingBlobs({
    body: { hashes: [hashOf("x"), hashOf("y"), hashOf("claimed"), hashOf("other"), hashOf(good)] },
  });
  assert.equal(missing.length, 5);
});

test("A blob that is there already is answered at once, its body read or not", async () => {
  const bytes = Buffer.alloc(8 << 20, "z");
  const hash = createHash("sha256").update(bytes).digest("hex");
  await server.client.putBlob({ params: { hash }, body: bytes });

  const again = await server.client.putBlob({ params: { hash }, body: bytes });

  assert.deepEqual(again, { hash, sizeBytes: bytes.length });
  const got = await readText(await server.client.getBlob({ params: { hash } }));
  assert.equal(got.length, bytes.length);
  await assert.rejects(server.client.getBlob({ params: { hash: "0".repeat(64) } }), refusedWith("not-found"));
});

test("A job may name a snapshot only when it is stored", async () => {
  const manifest = manifestOf([file("only-here.py", "code of the job")]);
  const id = hashOf(canonicalManifest(manifest));
  const spec = asWireSpec(aSpec({ name: "with-code", code: { kind: "snapshot", id } }));
  await assert.rejects(
    server.client.createJob({ body: { spec } }),
    refusedWith("invalid", /is not stored here/),
  );
  assert.deepEqual((await server.client.validateJob({ body: { spec } })).problems, [], "it may come later");

  await server.client.putBlobs({ body: framed(["code of the job"]) });
  await server.client.putSnapshot({ body: manifest });

  assert.equal((await server.client.createJob({ body: { spec } })).spec.code?.kind, "snapshot");
});

test("Many blobs are read in one request, in the order asked for, or none when one is not there", async () => {
  const texts = ["first", "", "x".repeat(300_000), "last"];
  await server.client.putBlobs({ body: framed(texts) });
  const asked = [3, 0, 2, 1, 0].map((index) => texts[index]!);

  const body = await server.client.readBlobs({ body: { hashes: asked.map(hashOf) } });

  const got = Buffer.concat(await Array.fromAsync(body));
  assert.ok(got.equals(framed(asked)));
  await assert.rejects(
    server.client.readBlobs({ body: { hashes: [hashOf("first"), "0".repeat(64)] } }),
    refusedWith("not-found", /0000/),
  );
});
