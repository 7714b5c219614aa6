// How far something is: a bar on a terminal; elsewhere a line, and only when it takes long enough to wonder.
import type { Clock } from "../lib/clock.ts";
import type { Io } from "./io.ts";

export interface FileCounts {
  files: number;
  totalFiles: number;
}

export interface Progress {
  /** Bytes; and files, where there are many. */
  update(done: number, total: number, counts?: FileCounts): void;
  end(): void;
}

const barWidth = 24;
const redrawMs = 50;
const lineEveryMs = 5000;
/** Before that a rate is mere chance. */
const rateAfterMs = 1000;

export function startProgress(title: string, { io, clock }: { io: Io; clock: Clock }): Progress {
  const begun = clock.elapsed();
  let drawnAt = begun;
  let saidAt = begun;
  return {
    update(done, total, counts) {
      const now = clock.elapsed();
      const text = () => `${sizes(done, total)}${filesOf(counts)}${pace(done, total, now - begun)}`;
      if (io.live && now - drawnAt >= redrawMs) {
        drawnAt = now;
        io.status(`${title}  ${bar(done, total)}  ${text()}`);
      } else if (!io.live && now - saidAt >= lineEveryMs) {
        saidAt = now;
        io.note(`${title}: ${text()}`);
      }
    },
    end: () => io.status(undefined),
  };
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.floor((Math.min(done, total) / total) * barWidth);
  return `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
}

const sizes = (done: number, total: number): string => `${formatBytes(done)} of ${formatBytes(total)}`;

function filesOf(counts: FileCounts | undefined): string {
  if (!counts || counts.totalFiles < 2) return "";
  return `, ${formatCount(counts.files)} of ${formatCount(counts.totalFiles)} files`;
}

function pace(done: number, total: number, elapsedMs: number): string {
  if (elapsedMs < rateAfterMs || done === 0) return "";
  const bytesPerSecond = done / (elapsedMs / 1000);
  const seconds = Math.ceil(Math.max(0, total - done) / bytesPerSecond);
  return `, ${formatBytes(bytesPerSecond)}/s, ${formatDuration(seconds)} left`;
}

function formatDuration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export const formatCount = (count: number): string => count.toLocaleString("en-US");

export function formatBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return unit === 0 ? `${Math.round(bytes)} bytes` : `${(bytes / 1000 ** unit).toFixed(1)} ${units[unit]}`;
}
