// Which attempts use which shared things of their node. It stands in each attempt's folder, so an agent that starts
// anew knows it.
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readState, writeState } from "../node/state-file.ts";

export interface AttemptHolds {
  /** From now on, and until the attempt's folder goes, what has this name stays. */
  hold(attemptFolder: string, name: string): Promise<void>;
  isHeld(name: string): boolean;
  /** Forgets attempts whose folders have gone. To be awaited once before anything is called not held. */
  refresh(): Promise<void>;
}

const fileSchema = z.array(z.string());

/** `fileName`: where it stands in an attempt's folder. */
export function createAttemptHolds(attempts: string, fileName: string): AttemptHolds {
  const held = new Map<string, Set<string>>();
  let loaded: Promise<void> | undefined;

  async function load(): Promise<void> {
    for (const name of await readdir(attempts).catch(() => [])) {
      const folder = join(attempts, name);
      const names = await readState(join(folder, fileName), fileSchema);
      if (names) held.set(folder, new Set(names));
    }
  }

  return {
    async hold(attemptFolder, name) {
      await (loaded ??= load());
      const names = held.get(attemptFolder) ?? new Set();
      held.set(attemptFolder, names.add(name));
      await writeState(join(attemptFolder, fileName), [...names]);
    },
    isHeld: (name) => held.values().some((names) => names.has(name)),
    async refresh() {
      await (loaded ??= load());
      for (const folder of held.keys()) {
        await access(folder).catch(() => held.delete(folder));
      }
    },
  };
}
