import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { Client } from "../../api/client.ts";
import { homeLayout } from "../../core/home.ts";
import { Refused } from "../../core/refused.ts";
import type { WalkedFile } from "../../snapshot/walk-tree.ts";
import { readConfig } from "../config.ts";
import { aContext, keptIo } from "../testing.fixture.ts";
import { openLocalFiles } from "./local-files.ts";

type Store = Client["storeLocalFiles"];

const filesOf = (count: number, sizeBytes: number): WalkedFile[] =>
  Array.from({ length: count }, (_, number) => ({
    path: `f${number}`,
    absolutePath: `/data/f${number}`,
    sizeBytes,
    stamp: { sizeBytes, modifiedMs: 1, changedMs: 2, inode: number },
    executable: false,
  }));

/** Offers the files to a server that answers so; `callers` are the names in its folder at each call. */
async function offer(t: TestContext, files: WalkedFile[], answer: Store, hasFolder = true) {
  const home = await mkdtemp(join(tmpdir(), "trainyard-local-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, homeLayout.callers);
  if (hasFolder) await mkdir(folder);
  const calls: Parameters<Store>[0]["body"][] = [];
  const callers: string[][] = [];
  const taken = new Map<string, string>();
  const local = openLocalFiles(
    {
      async storeLocalFiles(request) {
        calls.push(request.body);
        callers.push(await readdir(folder));
        return answer(request);
      },
    },
    aContext(keptIo(), readConfig({ TRAINYARD_HOME: home })),
  );
  const taking = local.take(files, (file, hash) => void taken.set(file.path, hash));
  const left = async () => (hasFolder ? readdir(folder) : []);
  return { taking, local, calls, callers, taken, left };
}

const takeAll: Store = async ({ body }) => ({
  hashes: body.files.map(({ path }) => `hash of ${path}`),
  newBlobs: body.files.length,
  newBytes: body.files.reduce((sum, file) => sum + file.sizeBytes, 0),
});

test("many files go in batches of 64 MB, under a name that is there meanwhile and not afterwards", async (t) => {
  const { taking, local, calls, callers, taken, left } = await offer(t, filesOf(200, 1 << 20), takeAll);
  await taking;

  assert.deepEqual(
    calls.map(({ files }) => files.length),
    [64, 64, 64, 8],
  );
  assert.ok(calls.every(({ caller }, number) => callers[number]!.includes(caller)));
  assert.deepEqual(await left(), []);
  assert.equal(taken.size, 200);
  assert.equal(taken.get("f7"), "hash of /data/f7");
  assert.deepEqual(local.sent, { sentFiles: 200, sentBytes: 200 << 20 });
});

test("a few small files are not offered, one that is not small is", async (t) => {
  const few = await offer(t, filesOf(10, 1000), takeAll);
  await few.taking;
  assert.equal(few.calls.length, 0);

  const big = await offer(t, filesOf(1, 100 << 20), takeAll);
  await big.taking;
  assert.equal(big.taken.size, 1);
});

test("what the server does not take is not told as taken", async (t) => {
  const { taking, taken } = await offer(t, filesOf(100, 10), async (request) => {
    const answer = await takeAll(request);
    return { ...answer, hashes: answer.hashes.map((hash, place) => (place % 2 === 0 ? hash : null)) };
  });
  await taking;

  assert.equal(taken.size, 50);
});

for (const [what, answer] of [
  ["refuses", () => Promise.reject(new Refused("forbidden", "not this user"))],
  [
    "sees none of the files",
    async ({ body }) => ({ hashes: body.files.map(() => null), newBlobs: 0, newBytes: 0 }),
  ],
] as [string, Store][]) {
  test(`a server that ${what} is not asked for all the rest, and nothing is taken`, async (t) => {
    const { taking, calls, taken, left } = await offer(t, filesOf(1000, 1 << 20), answer);
    await taking;

    assert.ok(calls.length <= 4, `${calls.length} of 16 batches`);
    assert.equal(taken.size, 0);
    assert.deepEqual(await left(), []);
  });
}

test("without the folder of a server nothing is offered", async (t) => {
  const { taking, calls } = await offer(t, filesOf(100, 10), takeAll, false);
  await taking;

  assert.equal(calls.length, 0);
});

test("an error that is no refusal ends the upload", async (t) => {
  const { taking, left } = await offer(t, filesOf(1000, 1 << 20), () =>
    Promise.reject(new Error("no space left on the device")),
  );

  await assert.rejects(taking, /no space left/);
  assert.deepEqual(await left(), []);
});
