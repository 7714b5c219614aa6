// How much script the first page loads, as it was built.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { gzipSync } from "node:zlib";

const folder = join(import.meta.dirname, "..", "..", "dist-studio");
const most = 200_000;

it("The jobs page loads under 200 KB of script, gzipped", (t) => {
  if (!existsSync(join(folder, "index.html"))) return t.skip("Studio is not built");
  const assets = join(folder, "assets");
  const loaded = new Set<string>();
  const add = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(join(assets, file), "utf8");
    // What is imported by name or for its effects; what is imported on demand comes with the page that wants it.
    for (const [, name] of text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) add(name!);
  };
  const index = readFileSync(join(folder, "index.html"), "utf8");
  for (const [, file] of index.matchAll(/\/assets\/([\w.-]+\.js)"/g)) add(file!);
  const page = readdirSync(assets).filter((file) => /^pages-.*\.js$/.test(file));
  assert.equal(page.length, 1, "the script of the jobs page is no longer called pages-….js");
  add(page[0]!);

  const bytes = [...loaded].reduce((sum, file) => sum + gzipSync(readFileSync(join(assets, file))).length, 0);

  t.diagnostic(`${Math.round(bytes / 1000)} KB in ${loaded.size} files`);
  assert.ok(bytes < most, `${bytes} bytes`);
});
