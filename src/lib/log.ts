// Structured lines for operators: pretty on a terminal, JSON otherwise. The product's own events are the event table.

export type Fields = Record<string, string | number | boolean | undefined>;

export interface Log {
  /** Someone must act. */
  error(message: string, fields?: Fields): void;
  /** We coped. */
  warn(message: string, fields?: Fields): void;
  /** A life event. */
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
  /** The same log with these fields on every line. */
  with(fields: Fields): Log;
}

const levels = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof levels)[number];

export interface LogOptions {
  write: (line: string) => void;
  now: () => number;
  level?: Level;
  pretty?: boolean;
}

export function createLog(options: LogOptions, bound: Fields = {}): Log {
  const threshold = levels.indexOf(options.level ?? "info");
  const emit = (level: Level, message: string, fields: Fields = {}) => {
    if (levels.indexOf(level) < threshold) return;
    const time = new Date(options.now()).toISOString();
    const all = { ...bound, ...fields };
    options.write(
      options.pretty ? prettyLine(time, level, message, all) : jsonLine(time, level, message, all),
    );
  };
  return {
    error: (message, fields) => emit("error", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    info: (message, fields) => emit("info", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
    with: (fields) => createLog(options, { ...bound, ...fields }),
  };
}

export const silentLog: Log = createLog({ write: () => {}, now: () => 0 });

/** The text of anything thrown, with its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? `${error.message}: ${describeError(error.cause)}` : error.message;
}

const jsonLine = (time: string, level: Level, message: string, fields: Fields) =>
  `${JSON.stringify({ time, level, message, ...fields })}\n`;

function prettyLine(time: string, level: Level, message: string, fields: Fields): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${value}`)
    .join("");
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${message}${rest}\n`;
}
