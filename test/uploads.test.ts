// Uploads by the real command line to a real server that is killed, or by a person who presses Ctrl-C.
import assert from "node:assert/strict";
import { createHash, hash as digest, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

const fileBytes = 1 << 20;

/** Bytes that no compressor and no other file shares; their hashes. */
async function makeFolder(home: TestHome, files: number): Promise<string[]> {
  const folder = join(home.work, "samples");
  await mkdir(folder);
  const hashes: string[] = [];
  for (let number = 0; number < files; number++) {
    const bytes = randomBytes(fileBytes);
    hashes.push(digest("sha256", bytes));
    await writeFile(join(folder, `${number}.bin`), bytes);
  }
  return hashes;
}

const create = ["data", "create", "-n", "samples", "--path", "samples", "--type", "uri_folder", "-o", "none"];

/** Until the server has taken a first batch in. */
async function untilSomeArrived(home: TestHome): Promise<void> {
  const packs = join(home.folder, "blobs", "packs");
  while ((await readdir(packs).catch(() => [])).length === 0) await new Promise(setImmediate);
}

async function assertAllThere(home: TestHome, hashes: readonly string[]): Promise<void> {
  const client = await home.client();
  assert.deepEqual((await client.missingBlobs({ body: { hashes: [...hashes] } })).missing, []);
  for (const hash of hashes) {
    const found = createHash("sha256");
    for await (const chunk of await client.getBlob({ params: { hash } })) found.update(chunk);
    assert.equal(found.digest("hex"), hash);
  }
}

describe("an upload", { timeout: 240_000 }, () => {
  it("goes on when its server is killed in the middle, and all that was taken is there", async () => {
    await using home = await openTestHome();
    const hashes = await makeFolder(home, 150);
    await home.run("server", "start");
    const { pid } = await home.server();

    const uploading = home.run(...create);
    await untilSomeArrived(home);
    process.kill(pid, "SIGKILL");
    const ended = await uploading;

    assert.equal(ended.code, 0, ended.stderr);
    assert.notEqual((await home.server()).pid, pid, "another server took the rest");
    await assertAllThere(home, hashes);
  });

  it("that is interrupted says how to go on, and sends only the rest when it does", async () => {
    await using home = await openTestHome();
    const hashes = await makeFolder(home, 150);
    await home.run("server", "start");

    const child = home.start(...create);
    let said = "";
    child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
    await untilSomeArrived(home);
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number];
    const packs = join(home.folder, "blobs", "packs");
    const sizes = await Promise.all(
      (await readdir(packs)).map(async (name) => (await stat(join(packs, name))).size),
    );
    const keptMegabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    const again = await home.run(...create);

    assert.equal(code, 130);
    assert.match(said, /Interrupted\. Run it again to go on: what has arrived is not sent twice\./);
    assert.equal(again.code, 0, again.stderr);
    const sentMegabytes = Number(/Uploaded ([\d.]+) MB/.exec(again.stderr)?.[1] ?? 0);
    const allMegabytes = (hashes.length * fileBytes) / 1e6;
    assert.ok(keptMegabytes > 10, `${keptMegabytes} MB had arrived`);
    assert.ok(
      sentMegabytes <= allMegabytes - keptMegabytes + 1,
      `${sentMegabytes} MB beside ${keptMegabytes}`,
    );
    await assertAllThere(home, hashes);
  });
});
