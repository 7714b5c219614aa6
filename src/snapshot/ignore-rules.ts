// Which entries of a source folder stay behind. `.amlignore` in the root decides alone when it is there. Without
// it the `.gitignore` files count as they do for git: the one in the root, and those in the folders below it.
// (Those above the root do not: the snapshot must not depend on where its folder lies.)
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";

export interface IgnoreRules {
  /** The file that made the rules, if there was one. */
  source: ".amlignore" | ".gitignore" | undefined;
  /** Whether this entry is left out. Its folders are not, or nobody would ask. */
  ignores(path: string, isDirectory: boolean): boolean;
  /** The rules inside a folder that has this `.gitignore`. */
  within(directory: string): IgnoreRules;
}

interface Layer {
  /** "" for the root, else the folder and a slash. */
  base: string;
  rules: Ignore;
}

export function loadIgnoreRules(root: string): IgnoreRules {
  const amlignore = readLayer(root, "", ".amlignore");
  if (amlignore) return makeRules(root, [amlignore], ".amlignore");
  const gitignore = readLayer(root, "", ".gitignore");
  return makeRules(root, gitignore ? [gitignore] : [], gitignore && ".gitignore");
}

/** `layers` has the deepest folder first: what it says goes. */
function makeRules(root: string, layers: readonly Layer[], source: IgnoreRules["source"]): IgnoreRules {
  const rules: IgnoreRules = {
    source,
    ignores(path, isDirectory) {
      for (const [depth, { base, rules }] of layers.entries()) {
        const verdict = rules.test(withSlash(path.slice(base.length), isDirectory));
        if (verdict.ignored) return true;
        if (verdict.unignored) {
          if (isDirectory) bringBack(path, layers.slice(depth + 1));
          return false;
        }
      }
      return false;
    },
    within(directory) {
      if (source === ".amlignore") return rules;
      const layer = readLayer(root, `${directory}/`, ".gitignore");
      return layer ? makeRules(root, [layer, ...layers], source ?? ".gitignore") : rules;
    },
  };
  return rules;
}

/** A folder that a deeper file brings back is searched, so the files above must not refuse all its content unseen. */
function bringBack(directory: string, above: readonly Layer[]): void {
  for (const { base, rules } of above) {
    const inside = directory.slice(base.length);
    if (rules.test(`${inside}/`).ignored) rules.add([`!${ignoreLineFor(`${inside}/`)}`]);
  }
}

const withSlash = (path: string, isDirectory: boolean) => (isDirectory ? `${path}/` : path);

/** The line that leaves out just this entry. Its slash in front keeps `/data/` from taking `src/data/` along. */
export const ignoreLineFor = (path: string): string =>
  `/${path.replace(/[\\*?[]/g, String.raw`\$&`).replace(/ $/, String.raw`\ `)}`;

function readLayer(root: string, base: string, name: string): Layer | undefined {
  try {
    const text = readFileSync(join(root, base, name), "utf8");
    return { base, rules: ignore({ ignorecase: false }).add(text) };
  } catch (error) {
    // A folder of that name, or a link that leads nowhere, holds no rules.
    if (error instanceof Error && "code" in error && ["ENOENT", "EISDIR"].includes(String(error.code)))
      return;
    throw error;
  }
}
