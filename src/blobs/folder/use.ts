// When a file of the store was last used: the time of its last change, which is kept over a restart and costs nothing.
import { utimesSync } from "node:fs";
import { systemClock } from "../../lib/clock.ts";
import type { SweptBlobs } from "../blobs.ts";

/** How much the noted time may lag behind: a file that is used all the time is not written to all the time. */
export const useLagMs = 60_000;

/** Returns the noted time of use. At once, so that no sweep comes between the answer and the note. */
export function noteUse(path: string, notedMs: number): number {
  const now = systemClock.now();
  if (notedMs > now - useLagMs) return notedMs;
  try {
    utimesSync(path, now / 1000, now / 1000);
  } catch (error) {
    // Somebody removed the file: reading it will say so.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  return now;
}

export const nothingSwept = (): SweptBlobs => ({
  removed: { blobs: 0, sizeBytes: 0 },
  waiting: { blobs: 0, sizeBytes: 0 },
  kept: { blobs: 0, sizeBytes: 0 },
});

export function countSwept(swept: SweptBlobs, fate: keyof SweptBlobs, sizeBytes: number): void {
  swept[fate].blobs += 1;
  swept[fate].sizeBytes += sizeBytes;
}
