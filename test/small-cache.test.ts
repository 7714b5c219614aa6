// An input that is larger than all that a node may keep: it is there while a job uses it, and goes afterwards.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

const inputBytes = 12 << 20;
/** Less than half of the input. */
const cacheGib = 0.005;

async function keptBytes(home: TestHome): Promise<number> {
  let bytes = 0;
  for (const name of ["blobs", "trees"]) {
    const folder = join(home.folder, "agents", "local", name);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    }
  }
  return bytes;
}

describe("an input larger than the node's cache", { timeout: 120_000 }, () => {
  it("reaches its job whole, and does not stay when the next job needs room", async (t) => {
    process.env["TRAINYARD_CACHE_GIB"] = String(cacheGib);
    t.after(() => delete process.env["TRAINYARD_CACHE_GIB"]);
    await using home = await openTestHome();
    const bytes = randomBytes(inputBytes);
    await writeFile(join(home.work, "big.bin"), bytes);
    for (const mode of ["ro_mount", "download"]) {
      await home.file(
        `${mode}.yml`,
        `command: sha256sum \${{inputs.big}}
environment: {image: python}
compute: local
inputs:
  big: {type: uri_file, path: big.bin, mode: ${mode}}
`,
      );
    }
    await home.file("small.yml", "command: echo small\nenvironment: {image: python}\ncompute: local\n");

    for (const mode of ["ro_mount", "download", "ro_mount"]) {
      const ran = await home.run("job", "create", "-f", `${mode}.yml`, "--stream");

      assert.equal(ran.code, 0, ran.stderr);
      assert.ok(
        ran.stdout.includes(createHash("sha256").update(bytes).digest("hex")),
        `${mode}: ${ran.stdout}`,
      );
    }
    // Whoever has come to its end a moment ago may still hold its input, so the first of these may not do.
    while ((await keptBytes(home)) > cacheGib * 2 ** 30) {
      const ran = await home.run("job", "create", "-f", "small.yml", "--stream");
      assert.equal(ran.code, 0, ran.stderr);
    }
  });
});
