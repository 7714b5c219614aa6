// Archives that tar itself reads back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { writeTar } from "./tar.ts";

it("a build's context is a tar with every byte, long paths and what may be run", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-tar-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const onDisk = join(folder, "source");
  writeFileSync(onDisk, "x".repeat(700));
  const long = `${"deep/".repeat(30)}naïve file.txt`;
  const pieces: Uint8Array[] = [];
  const files = [
    { path: "a", sizeBytes: 700, executable: true, from: onDisk },
    { path: long, sizeBytes: 5, executable: false, from: Buffer.from("hello") },
    { path: "empty", sizeBytes: 0, executable: false, from: Buffer.alloc(0) },
  ];

  for await (const piece of writeTar(files)) pieces.push(piece);
  writeFileSync(join(folder, "all.tar"), Buffer.concat(pieces));
  execFileSync("tar", ["-xf", "all.tar"], { cwd: folder });

  assert.equal(readFileSync(join(folder, "a"), "utf8"), "x".repeat(700));
  assert.equal(readFileSync(join(folder, long), "utf8"), "hello");
  assert.equal(statSync(join(folder, "empty")).size, 0);
  assert.equal(statSync(join(folder, "a")).mode & 0o111, 0o111);
});
