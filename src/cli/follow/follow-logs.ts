// Copies a job's log files to one place, in order, byte for byte, each byte once, while they grow.
import type { Link } from "../connect/link.ts";
import { isOutage } from "../connect/link.ts";
import type { Clock } from "../../lib/clock.ts";
import { logFileOf } from "./log-slots.ts";
import type { LogFile } from "./log-slots.ts";

export interface LogFollower {
  /** A file of the run has appeared. Telling it twice changes nothing. */
  announce(path: string): void;
  /** A new attempt began: its logs continue the files of the one before. */
  reopen(): void;
  /** No file appears or grows any more. `run` then ends once everything is copied. */
  finish(): void;
  /** Resolves when all is copied, or when the signal aborts. */
  run(): Promise<void>;
}

export interface FollowLogsOptions {
  run: string;
  link: Link;
  clock: Clock;
  signal: AbortSignal;
  write: (bytes: Uint8Array) => Promise<void>;
}

const settleMs = 10;

interface Followed extends LogFile {
  offset: number;
  /** From here on it stays the one of its slot: another name of it may hold the same bytes. */
  begun: boolean;
  /** Drained while a later file had begun: looked at again at the end. */
  setAside: boolean;
  complete: boolean;
}

export function createLogFollower(options: FollowLogsOptions): LogFollower {
  const { run, link, clock, signal, write } = options;
  const slots = new Map<number, Followed>();
  let finished = false;
  let shown: Followed | undefined;
  let atLineStart = true;
  let wake: () => void = () => {};

  const next = (): Followed | undefined =>
    [...slots.values()].sort((a, b) => a.slot - b.slot).find((file) => !file.complete && !file.setAside);
  const hasLater = (file: Followed) => [...slots.keys()].some((slot) => slot > file.slot);

  const show = async (file: Followed, bytes: Uint8Array) => {
    if (shown !== file) {
      const title = `Streaming ${file.path}${file.offset > 0 ? " (continued)" : ""}`;
      await write(Buffer.from(`${atLineStart ? "" : "\n"}\n${title}\n${"=".repeat(title.length)}\n\n`));
      shown = file;
    }
    await write(bytes);
    file.offset += bytes.length;
    atLineStart = bytes[bytes.length - 1] === 10;
  };

  const begin = async (file: Followed) => {
    if (!file.begun) {
      // An agent sends a node's logs side by side: the one with the lower number may be announced second.
      if (shown === undefined && !finished) await clock.sleep(settleMs, signal);
      file.begun = true;
      // What was added meanwhile to earlier files belongs in front of this one.
      for (const earlier of slots.values()) if (earlier.slot < file.slot) earlier.setAside = false;
      const first = next();
      if (first && first !== file) return;
    }
    await follow(file);
  };

  /** Copies until the file is complete, or is drained while a later one has begun. */
  const follow = async (file: Followed) => {
    while (!signal.aborted && !file.complete && !file.setAside) {
      const overtaken = new AbortController();
      // Past this offset a later file is more interesting.
      let enough = finished ? Infinity : undefined;
      const measure = async () => {
        const size = (await look(file)).sizeBytes;
        enough = size;
        if (file.offset >= size) overtaken.abort();
      };
      let measuring: Promise<void> | undefined;
      const mayMeasure = () => {
        if (enough === undefined && measuring === undefined && hasLater(file)) {
          measuring = measure().catch(() => {
            measuring = undefined;
          });
        }
      };
      watchers.add(mayMeasure);
      mayMeasure();
      try {
        await copy(
          file,
          AbortSignal.any([signal, overtaken.signal]),
          () => enough !== undefined && file.offset >= enough,
        );
      } finally {
        watchers.delete(mayMeasure);
      }
      if (signal.aborted) return;
      const now = await look(file);
      file.complete = !now.growing && file.offset >= now.sizeBytes;
      if (file.complete) return;
      if (enough !== undefined && !finished && file.offset >= enough) file.setAside = true;
      // Ended early without being complete: a server that was stopped in good order. Its successor goes on.
      else await clock.sleep(20, signal);
    }
  };

  const copy = async (file: Followed, stop: AbortSignal, isEnough: () => boolean) => {
    try {
      const body = await link.use(
        (client, call) =>
          client.readArtifact(
            { params: { run }, query: { path: file.path, start: file.offset, follow: String(!finished) } },
            call,
          ),
        stop,
      );
      for await (const bytes of body) {
        await show(file, bytes);
        if (isEnough() || stop.aborted) return;
      }
    } catch (error) {
      // A cut in the middle of the bytes: the caller asks again from the offset it has.
      if (!stop.aborted && !isOutage(error)) throw error;
    }
  };

  const look = async (file: Followed) => {
    const { artifacts } = await link.use(
      (client, call) => client.listArtifacts({ params: { run }, query: { prefix: file.path } }, call),
      signal,
    );
    return artifacts.find(({ path }) => path === file.path) ?? { growing: !finished, sizeBytes: file.offset };
  };

  const watchers = new Set<() => void>();

  return {
    announce(path) {
      const file = logFileOf(path);
      const known = file && slots.get(file.slot);
      if (!file || (known && (known.begun || known.rank <= file.rank))) return;
      slots.set(file.slot, { ...file, offset: 0, begun: false, setAside: false, complete: false });
      for (const watcher of watchers) watcher();
      wake();
    },
    reopen() {
      for (const file of slots.values()) Object.assign(file, { complete: false, setAside: false });
      wake();
    },
    finish() {
      finished = true;
      for (const file of slots.values()) file.setAside = false;
      wake();
    },
    async run() {
      const onAbort = () => wake();
      signal.addEventListener("abort", onAbort);
      try {
        while (!signal.aborted) {
          const woken = new Promise<void>((resolve) => (wake = resolve));
          const file = next();
          if (file) await begin(file);
          else if (finished) break;
          else await woken;
        }
        if (!atLineStart && !signal.aborted) await write(Buffer.from("\n"));
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
