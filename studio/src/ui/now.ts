// The time, for what shows how long something takes: one timer for the whole page, and none while nothing shows it.
import { useSyncExternalStore } from "react";

const watchers = new Set<() => void>();
let second = Math.floor(Date.now() / 1000);
let timer: ReturnType<typeof setInterval> | undefined;

function watch(changed: () => void): () => void {
  watchers.add(changed);
  timer ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000);
    for (const watcher of watchers) watcher();
  }, 1000);
  return () => {
    watchers.delete(changed);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const still = () => () => {};

/** Milliseconds since the epoch, new every second; with `ticks: false` as of the first drawing. */
export function useNow(ticks = true): number {
  return useSyncExternalStore(ticks ? watch : still, () => second) * 1000;
}
