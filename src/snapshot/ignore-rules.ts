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
        const inside = path.slice(base.length);
        const verdict = rules.test(isDirectory ? `${inside}/` : inside);
        if (verdict.unignored) return false;
        // A folder that this file leaves out, but a deeper one brought back, says nothing about its content.
        if (verdict.ignored && !(depth > 0 && parentIsIgnored(rules, inside))) return true;
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

function parentIsIgnored(rules: Ignore, path: string): boolean {
  const slash = path.lastIndexOf("/");
  return slash > 0 && rules.test(path.slice(0, slash + 1)).ignored;
}

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
