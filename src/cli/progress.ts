// How far something is: a bar on a terminal; elsewhere a line, and only when it takes long enough to wonder.
import type { Clock } from "../lib/clock.ts";
import type { Io } from "./io.ts";

export interface Progress {
  update(done: number, total: number): void;
  end(): void;
}

const barWidth = 24;
const redrawMs = 50;
const lineEveryMs = 5000;

export function startProgress(title: string, { io, clock }: { io: Io; clock: Clock }): Progress {
  const begun = clock.elapsed();
  let drawnAt = begun;
  let saidAt = begun;
  return {
    update(done, total) {
      const now = clock.elapsed();
      if (io.live && now - drawnAt >= redrawMs) {
        drawnAt = now;
        io.status(
          `${title}  ${bar(done, total)}  ${sizes(done, total)}${remaining(done, total, now - begun)}`,
        );
      } else if (!io.live && now - saidAt >= lineEveryMs) {
        saidAt = now;
        io.note(`${title}: ${sizes(done, total)}`);
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

function remaining(done: number, total: number, elapsedMs: number): string {
  if (elapsedMs < 2000 || done === 0) return "";
  return `, ${Math.ceil(((total - done) / done) * (elapsedMs / 1000))} s left`;
}

export function formatBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return unit === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** unit).toFixed(1)} ${units[unit]}`;
}
