// Uploads by the real command line to a real server that is killed, or by a person who presses Ctrl-C.
import assert from "node:assert/strict";
import { createHash, hash as digest, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
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

/** The server is asked to read files in its home's folder `callers`. It trusts no link, so then the bytes are sent. */
async function sendBytes(home: TestHome): Promise<void> {
  const folder = join(home.folder, "callers");
  await mkdir(join(home.work, "elsewhere"));
  await rm(folder, { recursive: true });
  await symlink(join(home.work, "elsewhere"), folder);
}

interface Way {
  way: string;
  files: number;
  packMegabytes: [least: number, most: number];
  prepare: (home: TestHome) => Promise<void>;
}

const ways: Way[] = [
  {
    way: "whose files the server reads itself",
    files: 200,
    packMegabytes: [50, 70],
    prepare: async () => {},
  },
  { way: "of bytes in requests", files: 120, packMegabytes: [10, 20], prepare: sendBytes },
];

for (const { way, files, packMegabytes, prepare } of ways) {
  describe(`an upload ${way}`, { timeout: 240_000 }, () => {
    it("goes on when its server is killed in the middle, and all that was taken is there", async () => {
      await using home = await openTestHome();
      const hashes = await makeFolder(home, files);
      await home.run("server", "start");
      await prepare(home);
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
      const hashes = await makeFolder(home, files);
      await home.run("server", "start");
      await prepare(home);

      const { code, said } = await interrupt(home, create);
      const packs = await packsInMegabytes(home);
      const keptMegabytes = packs.reduce((sum, megabytes) => sum + megabytes, 0);
      const again = await home.run(...create);

      assert.equal(code, 130);
      assert.match(said, /Interrupted\. Run it again to go on: what has arrived is not sent twice\./);
      assert.equal(again.code, 0, again.stderr);
      const sentMegabytes = Number(/Uploaded ([\d.]+) MB/.exec(again.stderr)?.[1] ?? 0);
      const allMegabytes = (hashes.length * fileBytes) / 1e6;
      const [least, most] = packMegabytes;
      const largest = Math.max(...packs);
      assert.ok(largest >= least && largest <= most, `a pack of ${largest} MB had arrived`);
      assert.ok(
        sentMegabytes <= allMegabytes - keptMegabytes + 1,
        `${sentMegabytes} MB beside ${keptMegabytes}`,
      );
      await assertAllThere(home, hashes);
    });
  });
}

describe("a job whose input is being uploaded", { timeout: 240_000 }, () => {
  it("is not submitted when that is interrupted, and is when the command is run again", async () => {
    await using home = await openTestHome();
    const hashes = await makeFolder(home, 200);
    await home.file(
      "job.yml",
      `name: counts
command: ls \${{inputs.samples}} | wc -l
environment: {image: python}
compute: local
inputs:
  samples: {type: uri_folder, path: samples, mode: ro_mount}
`,
    );
    await home.run("server", "start");

    const { code, said } = await interrupt(home, ["job", "create", "-f", "job.yml"]);
    const { jobs } = await (await home.client()).listJobs({});
    const again = await home.run("job", "create", "-f", "job.yml", "--stream");

    assert.equal(code, 130);
    assert.match(said, /Interrupted; no job was submitted\. Run it again to go on/);
    assert.deepEqual(jobs, []);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^200$/m);
    await assertAllThere(home, hashes);
  });
});

/** Presses Ctrl-C when a part has arrived. */
async function interrupt(home: TestHome, command: readonly string[]) {
  const child = home.start(...command);
  let said = "";
  child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  await untilSomeArrived(home);
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

async function packsInMegabytes(home: TestHome): Promise<number[]> {
  const packs = join(home.folder, "blobs", "packs");
  return Promise.all((await readdir(packs)).map(async (name) => (await stat(join(packs, name))).size / 1e6));
}
