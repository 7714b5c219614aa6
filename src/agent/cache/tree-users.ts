// Which attempts use which shared trees. It stands in each attempt's folder, so an agent that starts anew knows it.
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readState, writeState } from "../node/state-file.ts";

export interface TreeUsers {
  /** From now on, and until the attempt's folder goes, the tree stays. */
  hold(attemptFolder: string, tree: string): Promise<void>;
  isHeld(tree: string): boolean;
  /** Forgets attempts whose folders have gone. */
  refresh(): Promise<void>;
}

const fileName = "trees.json";
const fileSchema = z.array(z.string());

export function createTreeUsers(attempts: string): TreeUsers {
  const held = new Map<string, Set<string>>();
  let loaded: Promise<void> | undefined;

  async function load(): Promise<void> {
    for (const name of await readdir(attempts).catch(() => [])) {
      const folder = join(attempts, name);
      const trees = await readState(join(folder, fileName), fileSchema);
      if (trees) held.set(folder, new Set(trees));
    }
  }

  return {
    async hold(attemptFolder, tree) {
      await (loaded ??= load());
      const trees = held.get(attemptFolder) ?? new Set();
      held.set(attemptFolder, trees.add(tree));
      await writeState(join(attemptFolder, fileName), [...trees]);
    },
    isHeld: (tree) => held.values().some((trees) => trees.has(tree)),
    async refresh() {
      await (loaded ??= load());
      for (const folder of held.keys()) {
        await access(folder).catch(() => held.delete(folder));
      }
    },
  };
}
