// Wakes somebody when something changes in a folder. A lost event costs a second, never correctness.
import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";

export interface FolderWatch {
  /** Watches this folder too; again is no harm. Folders below it are not included. */
  add(path: string): void;
  close(): void;
}

/**
 * After an event nobody looks for so long, and then once: a program that prints a million lines a second would
 * otherwise cost an event a line, here and in the kernel of whoever prints.
 */
const restMs = 10;

export function watchFolders(onChange: () => void): FolderWatch {
  const watched = new Map<string, FSWatcher | NodeJS.Timeout>();

  const begin = (path: string) => {
    try {
      // persistent: false, because a watch alone must not keep the agent alive.
      const watcher = watch(path, { persistent: false }, () => {
        if (watched.get(path) !== watcher) return;
        rest(path, watcher);
        onChange();
      });
      watcher.on("error", () => forget(path));
      watched.set(path, watcher);
    } catch {
      // No such folder yet, or no watches left on this machine: the slow poll of whoever watches does it.
      watched.delete(path);
    }
  };
  const rest = (path: string, watcher: FSWatcher) => {
    watcher.close();
    const timer = setTimeout(() => {
      begin(path);
      // What happened meanwhile told nobody.
      onChange();
    }, restMs);
    watched.set(path, timer.unref());
  };
  const forget = (path: string) => {
    const known = watched.get(path);
    if (known && "close" in known) known.close();
    else clearTimeout(known);
    watched.delete(path);
  };

  return {
    add(path) {
      if (!watched.has(path)) begin(path);
    },
    close() {
      for (const path of watched.keys()) forget(path);
    },
  };
}
