// A text file of any size, by lines: only the stretches around what is looked at are fetched, and what is appended
// comes by itself.
import { addressOf, call, failureOf } from "../../api/call.ts";
import { runPath } from "../../api/paths.ts";
import type { z } from "zod";
import type { indexLog, searchLog } from "../../../../src/api/logs.ts";
import { indexOf, lineEndsOf, placeOf, wholeStretches, withStretch } from "./line-index.ts";
import type { LineIndex } from "./line-index.ts";

/** Of a longer line only the end is shown: where nothing ends a line, its newest part is what matters. */
const longestLineBytes = 32 << 10;
const keptStretches = 48;
const announceEveryMs = 40;
const againAfterMs = 1000;

interface Stretch {
  bytes: Uint8Array;
  ends: number[];
}

export interface LogState {
  status: "loading" | "ready" | "failed";
  problem: string | undefined;
  lines: number;
  sizeBytes: number;
  isGrowing: boolean;
  /** Another with every change. */
  version: number;
}

export class LogFile {
  readonly #run: string;
  readonly #path: string;
  readonly #watchers = new Set<() => void>();
  readonly #stretches = new Map<number, Stretch>();
  readonly #wanted = new Set<number>();
  readonly #ending = new AbortController();
  #index: LineIndex = indexOf(1, []);
  /** Behind the last whole stretch; room for more than is there. */
  #tail = new Uint8Array(1 << 16);
  #tailEnds: number[] = [];
  #tailBytes = 0;
  #state: LogState = {
    status: "loading",
    problem: undefined,
    lines: 0,
    sizeBytes: 0,
    isGrowing: true,
    version: 0,
  };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(run: string, path: string) {
    this.#run = run;
    this.#path = path;
  }

  get state(): LogState {
    return this.#state;
  }

  subscribe = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  /** Reads until `close`; to be called once. */
  async open(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        if (this.#state.status !== "ready") await this.#readIndex();
        await this.#follow();
        if (!this.#state.isGrowing) return;
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        if (this.#state.status !== "ready") {
          this.#change({ status: "failed", problem: (error as Error).message });
          return;
        }
        // The connection was lost: it goes on from where it was.
      }
      await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    }
  }

  close(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
  }

  /** The line's text; undefined while it is on its way, which is announced when it is there. */
  line(number: number): string | undefined {
    const { stretch, skip } = placeOf(this.#index, number);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for (let at = stretch; ; at++) {
      const part = this.#stretchAt(at);
      if (!part) return undefined;
      const passed = at === stretch ? skip : 0;
      const from = passed > 0 ? part.ends[passed - 1]! + 1 : 0;
      const end = part.ends[passed];
      pieces.push(part.bytes.subarray(from, end ?? part.bytes.length));
      size += pieces.at(-1)!.length;
      if (end !== undefined || at >= wholeStretches(this.#index)) break;
      // What never ends is not gathered for ever.
      if (size > 4 * this.#index.stretchBytes) break;
    }
    return decode(pieces, size);
  }

  search(text: string, limit: number, signal: AbortSignal): Promise<z.output<typeof searchLog.response>> {
    return call(`${runPath(this.#run)}/logs/search`, { query: { path: this.#path, text, limit }, signal });
  }

  #stretchAt(at: number): Stretch | undefined {
    if (at >= wholeStretches(this.#index)) {
      return { bytes: this.#tail.subarray(0, this.#tailBytes), ends: this.#tailEnds };
    }
    const known = this.#stretches.get(at);
    if (known) {
      // The oldest in use goes last.
      this.#stretches.delete(at);
      this.#stretches.set(at, known);
      return known;
    }
    void this.#fetchStretch(at);
    return undefined;
  }

  async #fetchStretch(at: number): Promise<void> {
    if (this.#wanted.has(at)) return;
    this.#wanted.add(at);
    const { stretchBytes } = this.#index;
    try {
      const response = await this.#fetchContent({ start: at * stretchBytes, end: (at + 1) * stretchBytes });
      this.#keep(at, new Uint8Array(await response.arrayBuffer()));
      this.#change({});
    } catch {
      // Asked for again when it is looked at again.
    } finally {
      this.#wanted.delete(at);
    }
  }

  #keep(at: number, bytes: Uint8Array): void {
    this.#stretches.set(at, { bytes, ends: lineEndsOf(bytes) });
    if (this.#stretches.size > keptStretches) {
      this.#stretches.delete(this.#stretches.keys().next().value!);
    }
  }

  async #readIndex(): Promise<void> {
    const { stretchBytes, lineEnds, sizeBytes, growing } = await call<z.output<typeof indexLog.response>>(
      `${runPath(this.#run)}/logs/lines`,
      { query: { path: this.#path }, signal: this.#ending.signal },
    );
    this.#index = indexOf(stretchBytes, lineEnds);
    const start = wholeStretches(this.#index) * stretchBytes;
    if (sizeBytes > start) {
      const response = await this.#fetchContent({ start, end: sizeBytes });
      this.#append(new Uint8Array(await response.arrayBuffer()));
    }
    this.#change({ status: "ready", isGrowing: growing, ...this.#sizes() });
  }

  /** Takes what is appended until the file can grow no more, or the page is out of sight. */
  async #follow(): Promise<void> {
    if (!this.#state.isGrowing) return;
    await whenVisible(this.#ending.signal);
    const hidden = new AbortController();
    const look = () => document.hidden && hidden.abort();
    document.addEventListener("visibilitychange", look);
    try {
      const signal = AbortSignal.any([this.#ending.signal, hidden.signal]);
      const response = await this.#fetchContent({ start: this.#sizes().sizeBytes, follow: true }, signal);
      const reader = response.body!.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        this.#append(value);
        this.#changeSoon();
      }
      this.#change({ isGrowing: false, ...this.#sizes() });
    } finally {
      document.removeEventListener("visibilitychange", look);
    }
  }

  async #fetchContent(
    query: Record<string, number | boolean>,
    signal: AbortSignal = this.#ending.signal,
  ): Promise<Response> {
    const path = `${runPath(this.#run)}/artifacts/content`;
    const response = await fetch(addressOf(path, { path: this.#path, ...query }), { signal });
    if (!response.ok) throw await failureOf(response);
    return response;
  }

  #append(bytes: Uint8Array): void {
    let rest = bytes;
    const { stretchBytes } = this.#index;
    while (rest.length > 0) {
      const part = rest.subarray(0, stretchBytes - this.#tailBytes);
      if (this.#tailBytes + part.length > this.#tail.length) {
        const wider = new Uint8Array(Math.min(stretchBytes, 2 * (this.#tailBytes + part.length)));
        wider.set(this.#tail.subarray(0, this.#tailBytes));
        this.#tail = wider;
      }
      this.#tail.set(part, this.#tailBytes);
      for (const end of lineEndsOf(part)) this.#tailEnds.push(this.#tailBytes + end);
      this.#tailBytes += part.length;
      rest = rest.subarray(part.length);
      if (this.#tailBytes < stretchBytes) return;
      this.#keep(wholeStretches(this.#index), this.#tail.slice(0, this.#tailBytes));
      this.#index = withStretch(this.#index, this.#tailEnds.length);
      this.#tailEnds = [];
      this.#tailBytes = 0;
    }
  }

  #sizes(): Pick<LogState, "lines" | "sizeBytes"> {
    const { endsBefore, stretchBytes } = this.#index;
    const sizeBytes = wholeStretches(this.#index) * stretchBytes + this.#tailBytes;
    const ended = endsBefore.at(-1)! + this.#tailEnds.length;
    const endsWhole =
      this.#tailBytes === 0
        ? this.#stretches.get(wholeStretches(this.#index) - 1)?.bytes.at(-1) === 0x0a || sizeBytes === 0
        : this.#tailEnds.at(-1) === this.#tailBytes - 1;
    return { sizeBytes, lines: ended + (endsWhole ? 0 : 1) };
  }

  #changeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#change(this.#sizes());
    }, announceEveryMs);
  }

  #change(part: Partial<LogState>): void {
    this.#state = { ...this.#state, ...part, version: this.#state.version + 1 };
    for (const watcher of this.#watchers) watcher();
  }
}

function decode(pieces: readonly Uint8Array[], size: number): string {
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  const text = new TextDecoder().decode(
    size > longestLineBytes ? all.subarray(size - longestLineBytes) : all,
  );
  return (size > longestLineBytes ? "… " : "") + text.replace(/\r$/, "");
}

const whenVisible = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
