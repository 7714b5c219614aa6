// Where words go: stdout carries data only; notes, progress and errors go to stderr.
import { once } from "node:events";

export interface Io {
  /** Data, to stdout. Resolves when more may be written, so that a slow reader slows us down. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** What would be data if stdout were not taken by something else: to stderr. */
  writeAside(bytes: string | Uint8Array): Promise<void>;
  /** A line for people, to stderr. Silent with --only-show-errors. */
  note(line: string): void;
  /** A line for people who asked for --verbose or --debug. */
  detail(line: string): void;
  /** An error, to stderr, whatever was asked. */
  error(line: string): void;
  /** The line at the foot of a terminal that is written over and over; undefined removes it. */
  status(line: string | undefined): void;
  /** Whether `status` shows anything. */
  readonly live: boolean;
  readonly stdoutIsTerminal: boolean;
}

export interface Loudness {
  quiet: boolean;
  verbose: boolean;
}

type Output = Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns"> & NodeJS.EventEmitter;

/** `loudness` may change after this: the options are known later than the streams. */
export function createIo(stdout: Output, stderr: Output, loudness: Loudness): Io {
  let shown = "";
  const clear = () => {
    if (shown === "") return;
    shown = "";
    stderr.write("\r\u001B[K");
  };
  const line = (text: string) => {
    const status = shown;
    clear();
    stderr.write(`${text}\n`);
    if (status !== "") draw(status);
  };
  const draw = (text: string) => {
    shown = text;
    stderr.write(`\r\u001B[K${text}`);
  };
  return {
    async write(bytes) {
      // Both usually share one terminal, where the status line would be in the way.
      if (stdout.isTTY) clear();
      if (!stdout.write(bytes)) await once(stdout, "drain");
    },
    async writeAside(bytes) {
      if (loudness.quiet) return;
      clear();
      if (!stderr.write(bytes)) await once(stderr, "drain");
    },
    note: (text) => {
      if (!loudness.quiet) line(text);
    },
    detail: (text) => {
      if (loudness.verbose) line(text);
    },
    error: line,
    status: (text) => {
      if (text === undefined || text === "") return clear();
      if (!stderr.isTTY || loudness.quiet) return;
      draw(text.slice(0, Math.max(20, (stderr.columns || 80) - 1)));
    },
    get live() {
      return stderr.isTTY && !loudness.quiet;
    },
    get stdoutIsTerminal() {
      return stdout.isTTY;
    },
  };
}
