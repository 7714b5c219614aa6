// The script that Studio's first page loads, as it was built: how many files, and how large.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = join(import.meta.dirname, "..", "..", "dist-studio");

export const isStudioBuilt = (): boolean => existsSync(join(folder, "index.html"));

export function measureFirstScript(): { files: number; gzippedBytes: number } {
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
  if (page.length !== 1) throw new Error("the script of the jobs page is no longer called pages-….js");
  add(page[0]!);
  const sizes = [...loaded].map((file) => gzipSync(readFileSync(join(assets, file))).length);
  return { files: loaded.size, gzippedBytes: sizes.reduce((sum, size) => sum + size, 0) };
}
