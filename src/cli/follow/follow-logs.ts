// Brings a job's log files together in one stream: each file under its title, each byte once, as they grow.
import { logFileOf } from "./log-slots.ts";
import type { LogFile } from "./log-slots.ts";
import { tailFile } from "./tail-file.ts";
import type { TailOptions } from "./tail-file.ts";

export interface LogFollower {
  /** A file of the run has appeared, or may go on. Telling it twice changes nothing. */
  announce(path: string): void;
  /** A new attempt began: its logs continue the files of the one before. */
  reopen(): void;
  /** No file appears or grows any more. `run` then ends once everything is copied. */
  finish(): void;
  /** Resolves when all is copied, or when the signal aborts. */
  run(): Promise<void>;
}

export interface FollowLogsOptions extends TailOptions {
  write: (bytes: Uint8Array) => Promise<void>;
  /** Whether the job has ended, so that the files can be shown one after the other. */
  isReplay: boolean;
}

interface Source extends LogFile {
  /** Bytes shown. */
  offset: number;
  /** What waits to be shown. A source reads on only when that is done, so memory stays small. */
  pending?: { bytes: Uint8Array; shown: () => void } | undefined;
  reading: boolean;
  /** Everything there is was read; a later attempt may add to it. */
  ended: boolean;
}

/** How long a file that shows something may pause before another one gets its turn. */
const settleMs = 10;
const userSlot = 70;

export function createLogFollower(options: FollowLogsOptions): LogFollower {
  const { clock, signal, write, isReplay } = options;
  const slots = new Map<number, Source>();
  let finished = false;
  let reopened = false;
  let failure: unknown;
  let shown: Source | undefined;
  let atLineStart = true;
  let wake: () => void = () => {};

  const inOrder = () => [...slots.values()].sort((a, b) => a.slot - b.slot);

  const read = async (source: Source) => {
    source.reading = true;
    source.ended = false;
    for await (const bytes of tailFile(source.path, source.offset, options)) {
      if (bytes.length === 0) continue;
      await new Promise<void>((resolve) => {
        source.pending = { bytes, shown: resolve };
        wake();
      });
    }
    source.reading = false;
    source.ended = true;
    wake();
  };
  const startReading = (source: Source) => {
    if (source.reading) return;
    read(source).catch((error: unknown) => {
      failure ??= error;
      wake();
    });
  };

  const show = async (source: Source) => {
    const pending = source.pending;
    if (!pending) return;
    if (shown !== source) {
      const title = `Streaming ${source.path}${source.offset > 0 ? " (continued)" : ""}`;
      await write(Buffer.from(`${atLineStart ? "" : "\n"}\n${title}\n${"=".repeat(title.length)}\n\n`));
      shown = source;
    }
    await write(pending.bytes);
    source.offset += pending.bytes.length;
    atLineStart = pending.bytes.at(-1) === 10;
    source.pending = undefined;
    pending.shown();
  };

  /** The source to show next. The user's output is not interrupted by the platform's. */
  const choose = async (): Promise<Source | undefined> => {
    if (shown?.pending) return shown;
    if (shown?.slot === userSlot && !shown.ended) return undefined;
    const waiting = () => inOrder().find((source) => source.pending);
    if (!waiting()) return undefined;
    if (shown?.ended !== true) await clock.sleep(settleMs, signal);
    return shown?.pending ? shown : waiting();
  };

  const live = async () => {
    while (!signal.aborted) {
      if (failure !== undefined) throw failure;
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const source = await choose();
      if (source) await show(source);
      else if (finished && inOrder().every(({ ended }) => ended)) return;
      else await woken;
    }
  };

  const replay = async () => {
    for (const source of inOrder()) {
      for await (const bytes of tailFile(source.path, 0, options)) {
        source.pending = { bytes, shown: () => {} };
        await show(source);
      }
    }
  };

  return {
    announce(path) {
      const file = logFileOf(path);
      if (!file) return;
      const known = slots.get(file.slot);
      // Another name of a file that is being read may hold the same bytes.
      if (known && known.path !== path && (known.reading || known.ended || known.rank <= file.rank)) return;
      const source = known?.path === path ? known : { ...file, offset: 0, reading: false, ended: false };
      slots.set(file.slot, source);
      if (!isReplay) startReading(source);
    },
    reopen() {
      reopened = true;
      for (const source of slots.values()) startReading(source);
    },
    finish() {
      finished = true;
      if (reopened) for (const source of slots.values()) startReading(source);
      wake();
    },
    async run() {
      const onAbort = () => wake();
      signal.addEventListener("abort", onAbort);
      try {
        await (isReplay ? replay() : live());
        if (!atLineStart && !signal.aborted) await write(Buffer.from("\n"));
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
