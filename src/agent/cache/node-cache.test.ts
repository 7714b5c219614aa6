import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { systemClock } from "../../lib/clock.ts";
import { silentLog } from "../../lib/log.ts";
import { createNodeCache } from "./node-cache.ts";
import type { NodeCache } from "./node-cache.ts";
import { treeOf } from "./tree.ts";

const { signal } = new AbortController();

async function createSite(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "node-cache-"));
  t.after(() => rm(folder, { recursive: true }));
  const start = (capBytes = Number.MAX_SAFE_INTEGER) =>
    createNodeCache({
      folder,
      capBytes,
      call: () => Promise.reject(new Error("there is no server here")),
      clock: systemClock,
      log: silentLog,
    });
  const attempt = async (name: string) => {
    const path = join(folder, "attempts", name);
    await mkdir(path, { recursive: true });
    return path;
  };
  return { folder, start, attempt };
}

/** A tree whose bytes come from here; `fetches` counts how often they had to. */
function aTree(cache: NodeCache, files: Record<string, string>) {
  const fetches: string[] = [];
  const tree = treeOf(
    Object.entries(files).map(([path, text]) => ({
      path,
      hash: createHash("sha256").update(text).digest("hex"),
      sizeBytes: Buffer.byteLength(text),
    })),
    async (missing) => {
      for (const file of missing) {
        fetches.push(file.path);
        cache.blobs.addSmall(file.hash, Buffer.from(files[file.path]!));
      }
    },
  );
  return { tree, fetches };
}

/** As du counts: every inode once. */
async function diskUse(folder: string): Promise<number> {
  const sizes = new Map<number, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const facts = await stat(join(entry.parentPath, entry.name));
    sizes.set(facts.ino, facts.blocks * 512);
  }
  return sizes.values().reduce((sum, size) => sum + size, 0);
}

/** As if it was last used so many minutes ago. */
async function age(paths: string[], minutes: number): Promise<void> {
  const at = Date.now() / 1000 - minutes * 60;
  for (const path of paths) {
    const facts = await stat(path);
    await utimes(path, at, facts.isDirectory() ? at : facts.mtimeMs / 1000);
  }
}

const megabyte = 1 << 20;

describe("a node's cache", () => {
  it("takes the disk of a shared tree once, however many attempts use it", async (t) => {
    const site = await createSite(t);
    const cache = site.start();
    const { tree, fetches } = aTree(cache, { "big.bin": "x".repeat(4 * megabyte), "a/small.txt": "abc" });

    const paths = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        cache.share(tree, await site.attempt(`attempt-${index}`), signal),
      ),
    );

    assert.equal(new Set(paths).size, 1);
    assert.deepEqual(fetches.toSorted(), ["a/small.txt", "big.bin"]);
    const used = await diskUse(site.folder);
    assert.ok(used >= 4 * megabyte && used < 4.5 * megabyte, `${used} bytes`);
  });

  it("shares the bytes that two trees have in common", async (t) => {
    const site = await createSite(t);
    const cache = site.start();
    const big = "x".repeat(4 * megabyte);
    const folder = await site.attempt("one");

    await cache.share(aTree(cache, { "v1/big.bin": big, "note.txt": "1" }).tree, folder, signal);
    const second = aTree(cache, { "v2/big.bin": big, "note.txt": "2" });
    await cache.share(second.tree, folder, signal);

    assert.deepEqual(second.fetches, ["note.txt"]);
    assert.ok((await diskUse(site.folder)) < 4.5 * megabyte);
  });

  it("gives a copy that is writable and shares no inode with anything", async (t) => {
    const site = await createSite(t);
    const cache = site.start();
    const big = "x".repeat(2 * megabyte);
    const { tree } = aTree(cache, { "big.bin": big, "small.txt": "abc" });
    const shared = await cache.share(tree, await site.attempt("one"), signal);
    const own = join(site.folder, "own");

    await cache.copy(tree, own, signal);
    for (const name of ["big.bin", "small.txt"]) {
      const facts = await stat(join(own, name));
      assert.equal(facts.nlink, 1);
      assert.equal(facts.mode & 0o200, 0o200, "its owner may write to it");
      assert.equal((await stat(join(shared, name))).mode & 0o222, 0, "nobody may write to the shared one");
      await writeFile(join(own, name), "changed by the job");
    }

    assert.equal(await readFile(join(shared, "small.txt"), "utf8"), "abc");
    assert.equal(await readFile(join(shared, "big.bin"), "utf8"), big);
  });

  it("repairs a shared file that somebody has written to all the same", async (t) => {
    const site = await createSite(t);
    const cache = site.start();
    const { tree, fetches } = aTree(cache, { "a.txt": "abc", "b.txt": "def" });
    const path = await cache.share(tree, await site.attempt("one"), signal);
    await chmod(join(path, "a.txt"), 0o644);
    await writeFile(join(path, "a.txt"), "xyz");
    await rm(join(path, "b.txt"));

    await cache.share(tree, await site.attempt("two"), signal);

    assert.equal(await readFile(join(path, "a.txt"), "utf8"), "abc");
    assert.equal(await readFile(join(path, "b.txt"), "utf8"), "def");
    assert.deepEqual(fetches, ["a.txt", "b.txt", "a.txt"], "only the harmed bytes came again");
  });

  it("shows no tree when its bytes cannot be had", async (t) => {
    const site = await createSite(t);
    const cache = site.start();
    const { tree } = aTree(cache, { "a.txt": "abc" });
    const broken = { ...tree, fetch: () => Promise.reject(new Error("out of reach")) };

    await assert.rejects(cache.share(broken, await site.attempt("one"), signal), /out of reach/);

    assert.deepEqual(await readdir(join(site.folder, "trees")), []);
  });

  it("evicts what was not used for the longest time, until it is below its cap", async (t) => {
    const site = await createSite(t);
    const cache = site.start(5 * megabyte);
    const paths: string[] = [];
    for (const name of ["oldest", "older", "newest"]) {
      const { tree } = aTree(cache, { "data.bin": name.padEnd(2 * megabyte, ".") });
      paths.push(await cache.share(tree, await site.attempt(name), signal));
      await rm(join(site.folder, "attempts", name), { recursive: true });
    }
    await ageAll(site.folder, paths);

    await cache.tidy();

    const left = await readdir(join(site.folder, "trees"));
    assert.deepEqual(left.toSorted(), paths.slice(1).map(nameOf).toSorted());
    assert.ok((await diskUse(site.folder)) <= 5 * megabyte, "the bytes went with the tree");
  });

  it("never evicts what an attempt uses, also when the agent was started anew", async (t) => {
    const site = await createSite(t);
    const first = site.start(3 * megabyte);
    const held = aTree(first, { "data.bin": "held".padEnd(4 * megabyte, ".") });
    const path = await first.share(held.tree, await site.attempt("running"), signal);
    await ageAll(site.folder, [path]);

    const second = site.start(3 * megabyte);
    const { tree } = aTree(second, { "data.bin": "other".padEnd(2 * megabyte, ".") });
    const other = await second.share(tree, await site.attempt("done"), signal);
    await rm(join(site.folder, "attempts", "done"), { recursive: true });
    await ageAll(site.folder, [other]);
    await second.tidy();

    assert.deepEqual(await readdir(join(site.folder, "trees")), [nameOf(path)]);
    assert.equal((await readFile(join(path, "data.bin"))).length, 4 * megabyte);

    await rm(join(site.folder, "attempts", "running"), { recursive: true });
    await site.start(3 * megabyte).tidy();
    assert.deepEqual(await readdir(join(site.folder, "trees")), [], "and once it is over, it goes");
  });

  it("keeps what was fetched for an attempt that is still being prepared", async (t) => {
    const site = await createSite(t);
    const cache = site.start(megabyte);
    const { tree, fetches } = aTree(cache, { "data.bin": "x".repeat(2 * megabyte) });
    const preparing = cache.protect();
    await cache.copy(tree, join(site.folder, "first"), signal);

    await cache.tidy();
    await cache.copy(tree, join(site.folder, "second"), signal);
    assert.deepEqual(fetches, ["data.bin"]);

    preparing[Symbol.dispose]();
    const [blob] = tree.manifest.files;
    await age([cache.blobs.pathOf(blob!.hash)], 5);
    await site.start(megabyte).tidy();
    assert.equal(await cache.blobs.has(blob!), false);
  });

  it("clears away what an agent was writing when it was killed", async (t) => {
    const site = await createSite(t);
    for (const path of ["trees/.half/a", "blobs"]) await mkdir(join(site.folder, path), { recursive: true });
    await writeFile(join(site.folder, "blobs", "half.temp"), "half");
    const later = { ...systemClock, now: () => Date.now() + 10_000 };
    const cache = createNodeCache({
      folder: site.folder,
      capBytes: undefined,
      call: () => Promise.reject(new Error("no server")),
      clock: later,
      log: silentLog,
    });

    await cache.tidy();

    assert.deepEqual(await readdir(join(site.folder, "trees")), []);
    assert.deepEqual(await readdir(join(site.folder, "blobs")), []);
  });
});

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The first of these trees was used the longest ago, and no blob of the cache was used since. */
async function ageAll(folder: string, trees: string[]): Promise<void> {
  for (const [index, tree] of trees.entries()) await age([tree], 60 - index * 10);
  const blobs = await readdir(join(folder, "blobs"), { recursive: true, withFileTypes: true });
  const files = blobs.filter((entry) => entry.isFile());
  await age(
    files.map((entry) => join(entry.parentPath, entry.name)),
    60,
  );
}
