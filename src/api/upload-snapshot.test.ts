import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createFrameDecoder } from "../core/blob-frames.ts";
import { Refused } from "../core/refused.ts";
import { canonicalManifest, type SnapshotManifest } from "../core/snapshot.ts";
import type { Client } from "./client.ts";
import { uploadSnapshot, type SnapshotToSend } from "./upload-snapshot.ts";

const hashOf = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function aSnapshot(t: TestContext, files: Record<string, string | Uint8Array>) {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-upload-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const paths = new Map<string, string>();
  const manifest: SnapshotManifest = { version: 1, files: [], emptyDirectories: [] };
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(folder, path), content);
    const hash = hashOf(content);
    paths.set(hash, join(folder, path));
    manifest.files.push({ path, hash, sizeBytes: Buffer.byteLength(content), executable: false });
  }
  const id = hashOf(canonicalManifest(manifest));
  return {
    folder,
    snapshot: { id, manifest, pathOf: (hash: string) => paths.get(hash) } satisfies SnapshotToSend,
  };
}

/** A server that keeps what it gets in memory, checks it as the real one does, and notes each request. */
function aServer() {
  const kept = new Set<string>();
  const snapshots = new Set<string>();
  const manifests: SnapshotManifest[] = [];
  const requests: string[] = [];
  let open = 0;
  const counts = { mostAtOnce: 0 };

  async function keep(hash: string, bytes: Uint8Array) {
    if (hashOf(bytes) !== hash) throw new Refused("invalid", `the bytes sent as blob ${hash} are others`);
    kept.add(hash);
  }
  async function during<T>(name: string, act: () => Promise<T>): Promise<T> {
    requests.push(name);
    counts.mostAtOnce = Math.max(counts.mostAtOnce, ++open);
    try {
      return await act();
    } finally {
      open -= 1;
    }
  }

  const client: Pick<Client, "hasSnapshot" | "putSnapshot" | "putBlob" | "putBlobs"> = {
    hasSnapshot: async ({ params }) => ({ stored: snapshots.has(params.snapshot) }),
    async putSnapshot({ body }) {
      manifests.push(body);
      const missing = [...new Set(body.files.map((file) => file.hash).filter((hash) => !kept.has(hash)))];
      const id = hashOf(canonicalManifest(body));
      if (missing.length === 0) snapshots.add(id);
      return { id, missing, stored: missing.length === 0 };
    },
    putBlobs: ({ body }) =>
      during("batch", async () => {
        const decoder = createFrameDecoder();
        let name = "";
        let bytes: Uint8Array[] = [];
        for (const part of decoder.push(body as Uint8Array)) {
          if (part.kind === "start") [name, bytes] = [part.hash, []];
          else if (part.kind === "bytes") bytes.push(part.bytes);
          else await keep(name, Buffer.concat(bytes));
        }
        decoder.finish();
        return { stored: 0, sizeBytes: 0 };
      }),
    putBlob: ({ params, body }) =>
      during("blob", async () => {
        const pieces = await Array.fromAsync(body as AsyncIterable<Uint8Array>);
        await keep(params.hash, Buffer.concat(pieces));
        return { hash: params.hash, sizeBytes: 0 };
      }),
  };
  return { client, kept, manifests, requests, counts };
}

test("what the server misses is sent, small files together and each big one alone", async (t) => {
  const { snapshot } = aSnapshot(t, {
    "a.py": "a",
    "b.py": "b",
    "empty.py": "",
    "big.bin": randomBytes(5_000_000),
  });
  const server = aServer();

  const sent = await uploadSnapshot(server.client, snapshot);

  assert.deepEqual(sent, { id: snapshot.id, sentFiles: 4, sentBytes: 5_000_002 });
  assert.deepEqual(server.requests.toSorted(), ["batch", "blob"]);
  assert.equal(server.kept.size, 4);
});

test("only what is missing travels, and nothing when nothing is", async (t) => {
  const { snapshot } = aSnapshot(t, { "a.py": "a", "b.py": "b" });
  const server = aServer();
  server.kept.add(hashOf("a"));

  assert.equal((await uploadSnapshot(server.client, snapshot)).sentFiles, 1);
  assert.equal((await uploadSnapshot(server.client, snapshot)).sentFiles, 0);

  assert.deepEqual(server.requests, ["batch"]);
});

test("of a snapshot of many files that is stored not even the manifest travels", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, number) => [`f${number}`, `${number}`]));
  const { snapshot } = aSnapshot(t, files);
  const server = aServer();
  await uploadSnapshot(server.client, snapshot);
  const before = server.manifests.length;

  const sent = await uploadSnapshot(server.client, snapshot);

  assert.equal(sent.sentFiles, 0);
  assert.equal(server.manifests.length, before);
});

test("many bytes go in batches, at most four at once", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`f${n}`, randomBytes(1_000_000)]));
  const { snapshot } = aSnapshot(t, files);
  const server = aServer();

  await uploadSnapshot(server.client, snapshot);

  assert.equal(server.kept.size, 40);
  assert.equal(server.requests.length, 3);
  assert.ok(server.counts.mostAtOnce <= 4);
});

for (const [what, change] of [
  ["changed", (path: string) => writeFileSync(path, "B")],
  ["shrank", (path: string) => writeFileSync(path, "")],
  ["vanished", (path: string) => rmSync(path)],
] as const) {
  test(`a file that ${what} after it was hashed is named, and sending again goes on`, async (t) => {
    const { snapshot, folder } = aSnapshot(t, { "a.py": "a", "b.py": "b" });
    const server = aServer();
    change(join(folder, "b.py"));

    await assert.rejects(uploadSnapshot(server.client, snapshot), {
      code: "conflict",
      message: /b\.py changed/,
    });

    writeFileSync(join(folder, "b.py"), "b");
    assert.equal((await uploadSnapshot(server.client, snapshot)).id, snapshot.id);
  });
}

test("a big file that changed is named too", async (t) => {
  const { snapshot, folder } = aSnapshot(t, { "big.bin": randomBytes(5_000_000) });
  writeFileSync(join(folder, "big.bin"), randomBytes(5_000_000));

  await assert.rejects(uploadSnapshot(aServer().client, snapshot), {
    code: "conflict",
    message: /big\.bin changed/,
  });
});

test("the progress never goes back and ends at all that had to be sent", async (t) => {
  const { snapshot } = aSnapshot(t, { "a.py": "a", "known.py": "k", "big.bin": randomBytes(6_000_000) });
  const server = aServer();
  server.kept.add(hashOf("k"));
  const seen: number[] = [];
  let last: unknown;

  await uploadSnapshot(server.client, snapshot, {
    onProgress(progress) {
      seen.push(progress.sentBytes);
      last = progress;
    },
  });

  assert.deepEqual(last, { sentBytes: 6_000_001, totalBytes: 6_000_001, sentFiles: 2, totalFiles: 2 });
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
});

test("one failing request stops the upload with its reason", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, randomBytes(4_000_000)]));
  const { snapshot } = aSnapshot(t, files);
  const server = aServer();
  let calls = 0;
  const client = {
    ...server.client,
    putBlobs: async (): Promise<never> => {
      calls += 1;
      throw new Error("the disk is full");
    },
  };

  await assert.rejects(uploadSnapshot(client, snapshot), /the disk is full/);

  assert.ok(calls <= 4, `${calls} calls`);
});

test("an aborted upload ends with the abort", async (t) => {
  const { snapshot } = aSnapshot(t, { "a.py": "a" });

  await assert.rejects(uploadSnapshot(aServer().client, snapshot, { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
});

test("a server that keeps losing what it was sent is told of, not asked for ever", async (t) => {
  const { snapshot } = aSnapshot(t, { "a.py": "a" });
  const server = aServer();
  const client = { ...server.client, putBlobs: async () => ({ stored: 1, sizeBytes: 1 }) };

  await assert.rejects(uploadSnapshot(client, snapshot), {
    code: "conflict",
    message: /still misses 1 files/,
  });
});

test("a server that names the snapshot otherwise is not trusted", async (t) => {
  const { snapshot } = aSnapshot(t, { "a.py": "a" });

  await assert.rejects(uploadSnapshot(aServer().client, { ...snapshot, id: "other" }), /versions differ/);
});
