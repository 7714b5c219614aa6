import assert from "node:assert/strict";
import { chown, mkdir, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { readText } from "../../api/client.ts";
import { homeLayout } from "../../core/home.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const callers = () => join(server.home, homeLayout.callers);
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

async function aFile(text: string) {
  const path = join(server.home, "..", randomUUID());
  await writeFile(path, text);
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  return { path, sizeBytes: size, modifiedMs: mtimeMs, changedMs: ctimeMs, inode: ino };
}

async function aCaller(): Promise<string> {
  const caller = randomUUID();
  await writeFile(join(callers(), caller), "");
  return caller;
}

const refused = { name: "Refused", code: "forbidden" };

test("Who can make a file in the home folder may have files read, and their content is stored", async () => {
  const files = [await aFile("one"), await aFile("two"), { ...(await aFile("three")), inode: 1 }];
  await server.client.putBlob({ params: { hash: hashOf("two") }, body: "two" });

  const answer = await server.client.storeLocalFiles({ body: { caller: await aCaller(), files } });

  assert.deepEqual(answer, { hashes: [hashOf("one"), hashOf("two"), null], newBlobs: 1, newBytes: 3 });
  assert.equal(await readText(await server.client.getBlob({ params: { hash: hashOf("one") } })), "one");
});

test("A token alone has no file read", async () => {
  const files = [await aFile("a secret")];

  await assert.rejects(server.client.storeLocalFiles({ body: { caller: randomUUID(), files } }), refused);

  const { missing } = await server.client.missingBlobs({ body: { hashes: [hashOf("a secret")] } });
  assert.equal(missing.length, 1);
});

test("A caller's file that is a link, a folder or another user's shows nothing", async () => {
  const target = await aFile("");
  const [link, folder, strange] = [randomUUID(), randomUUID(), await aCaller()];
  await symlink(target.path, join(callers(), link));
  await mkdir(join(callers(), folder));
  const wrong: string[] = [link, folder];
  // Only root can give a file away.
  if (process.getuid?.() === 0) {
    await chown(join(callers(), strange), 12_345, 12_345);
    wrong.push(strange);
  }

  for (const caller of wrong) {
    await assert.rejects(server.client.storeLocalFiles({ body: { caller, files: [] } }), refused);
  }
});

test("Nor does a file in a folder that a link leads to", async () => {
  const caller = await aCaller();
  await rename(callers(), `${callers()}-moved`);
  await symlink(`${callers()}-moved`, callers());

  await assert.rejects(server.client.storeLocalFiles({ body: { caller, files: [] } }), refused);

  await rm(callers());
  await rename(`${callers()}-moved`, callers());
  await server.client.storeLocalFiles({ body: { caller, files: [] } });
});

test("A name that leads out of the folder, and a path that is not absolute, are refused", async () => {
  const file = await aFile("x");
  const caller = await aCaller();

  for (const name of [`../${homeLayout.tokenFile}`, "..", "", `${caller}/`, `./${caller}`]) {
    const call = server.client.storeLocalFiles({ body: { caller: name, files: [] } });
    await assert.rejects(call, { name: "Refused", code: "invalid" });
  }
  for (const path of ["x", "", "../x", "/x\0y"]) {
    const call = server.client.storeLocalFiles({ body: { caller, files: [{ ...file, path }] } });
    await assert.rejects(call, { name: "Refused", code: "invalid" });
  }
});

test("What a killed upload left is removed at a start a day later, and not before", async () => {
  const [old, recent] = [await aCaller(), await aCaller()];
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  await utimes(join(callers(), old), twoDaysAgo, twoDaysAgo);

  await server.restart();

  assert.equal(existsSync(join(callers(), old)), false);
  assert.equal(existsSync(join(callers(), recent)), true);
});
