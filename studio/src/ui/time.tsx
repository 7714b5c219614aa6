// Times and durations that keep themselves up to date.
import { formatAgo, formatDuration, formatRunning, formatTime } from "./format.ts";
import { useNow } from "./now.ts";

const iso = (at: number) => new Date(at).toISOString();

/** How long ago; the exact time as a tip. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={iso(at)} title={formatTime(at)} className="time">
      {formatAgo(at, now)}
    </time>
  );
}

/** From `from` to `to`, or until now while there is no end. */
export function Duration({ from, to }: { from: number; to: number | null }) {
  const now = useNow(to === null);
  return <span className="time">{to === null ? formatRunning(now - from) : formatDuration(to - from)}</span>;
}
