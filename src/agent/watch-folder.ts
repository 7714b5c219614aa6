// Wakes somebody when something changes in a folder. A lost event costs a second, never correctness.
import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";

export interface FolderWatch {
  /** Watches this folder too; again is no harm. Folders below it are not included. */
  add(path: string): void;
  close(): void;
}

export function watchFolders(onChange: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  return {
    add(path) {
      if (watchers.has(path)) return;
      try {
        // persistent: false, because a watch alone must not keep the agent alive.
        const watcher = watch(path, { persistent: false }, onChange);
        watcher.on("error", () => forget(path));
        watchers.set(path, watcher);
      } catch {
        // No such folder yet, or no watches left on this machine: the slow poll of whoever watches does it.
      }
    },
    close() {
      for (const path of watchers.keys()) forget(path);
    },
  };
}
