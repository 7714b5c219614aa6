import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import vectors from "../../test/vectors/snapshot.json" with { type: "json" };
import { systemClock } from "../lib/clock.ts";
import { makeFolder, put } from "./folder.fixture.ts";
import { takeSnapshot } from "./take-snapshot.ts";

for (const vector of vectors.manifests) {
  test(`the snapshot's text and id are those that every client makes: ${vector.name}`, async (t) => {
    const root = makeFolder(t);
    for (const { path, text, executable } of vector.files) put(root, path, text, executable);
    for (const path of vector.emptyDirectories) mkdirSync(join(root, path), { recursive: true });

    const { id, canonical } = await takeSnapshot(root, { clock: systemClock });

    assert.equal(canonical, vector.canonical);
    assert.equal(id, vector.id);
    assert.equal(createHash("sha256").update(canonical).digest("hex"), id);
  });
}

for (const vector of vectors.ignoreRules) {
  test(`ignore rules: ${vector.name}`, async (t) => {
    const root = makeFolder(t);
    for (const path of vector.tree) put(root, path, path);
    for (const [path, text] of Object.entries(vector.ignoreFiles))
      if (text !== undefined) put(root, path, text);

    const { manifest } = await takeSnapshot(root, { clock: systemClock });

    assert.deepEqual(
      manifest.files.map((file) => file.path),
      vector.kept,
    );
  });
}
