// Numbers, sizes and times as people read them.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `850 ms`, `4.2 s`, `3 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return formatDuration(0);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < minute) return `${Math.floor(ms / 1000)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} m ${Math.floor((ms % minute) / 1000)} s`;
  if (ms < day) return `${Math.floor(ms / hour)} h ${Math.floor((ms % hour) / minute)} m`;
  return `${Math.floor(ms / day)} d ${Math.floor((ms % day) / hour)} h`;
}

/** While it runs: whole seconds, so that the digits keep their places. */
export const formatRunning = (ms: number): string =>
  formatDuration(Math.max(0, Math.floor(ms / 1000)) * 1000)
    .replace(".0 s", " s")
    .replace("0 ms", "0 s");

/** Made when first used: each costs a page that opens several milliseconds. */
function formatterOf(options: Intl.DateTimeFormatOptions): (at: number) => string {
  let made: Intl.DateTimeFormat | undefined;
  return (at) => (made ??= new Intl.DateTimeFormat("en", { ...options, hourCycle: "h23" })).format(at);
}

const dayAndTime = formatterOf({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const dayAndYear = formatterOf({ day: "numeric", month: "short", year: "numeric" });

/** `just now`, `5 m ago`, `3 h ago`, then the date. */
export function formatAgo(at: number, now: number): string {
  const ms = now - at;
  if (ms < 5000) return "just now";
  if (ms < minute) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < hour) return `${Math.floor(ms / minute)} m ago`;
  if (ms < day) return `${Math.floor(ms / hour)} h ago`;
  if (ms < 7 * day) return `${Math.floor(ms / day)} d ago`;
  return ms < 300 * day ? dayAndTime(at) : dayAndYear(at);
}

export const formatTime = formatterOf({
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

const units = ["B", "KB", "MB", "GB", "TB"] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(value >= 10 ? 3 : 2)} ${units[unit]}`;
}

/** A metric's value in about eight characters. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return formatCount(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3).replace("e+", "e");
  return String(Number(value.toPrecision(size >= 1000 ? 6 : 5)));
}

/** `12,345`; by hand, since the first call of a browser's own takes as long as drawing thirty rows. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** `1 run`, `3 runs`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
