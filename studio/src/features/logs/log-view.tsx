// The lines of a log: only those in sight exist. It follows the end until one scrolls away from it.
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { CSSProperties, KeyboardEvent, Ref } from "react";
import { useSyncExternalStore } from "react";
import { markHits, readLine } from "./ansi.ts";
import type { LogFile } from "./log-file.ts";
import { firstLineAt, scrollHeight, scrollTopOf } from "./scroll.ts";
import "./logs.css";

export const lineHeight = 18;
/** A list goes on for so long after the finger has left it. */
const momentumMs = 1500;

export interface LogViewHandle {
  /** Brings a line to the middle. */
  show: (line: number) => void;
  toEnd: () => void;
}

interface LogViewProps {
  file: LogFile;
  wraps: boolean;
  /** What is searched for; empty for nothing. */
  wanted: string;
  /** The line of the hit that one is at. */
  at: number | undefined;
  isFollowing: boolean;
  onFollowing: (follows: boolean) => void;
  ref?: Ref<LogViewHandle>;
}

export function LogView({ file, wraps, wanted, at, isFollowing, onFollowing, ref }: LogViewProps) {
  const state = useSyncExternalStore(file.subscribe, () => file.state);
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(600);
  const [top, setTop] = useState(0);
  const visible = Math.max(1, Math.floor(height / lineHeight));
  const last = Math.max(0, state.lines - visible);
  // A terminal that follows has its newest line at its foot.
  const first = isFollowing ? last : Math.min(top, last);
  const own = useRef(0);
  const extent = { lines: state.lines, visible, height };
  const latest = useRef({ extent, first, isFollowing });
  useLayoutEffect(() => {
    latest.current = { extent, first, isFollowing };
  });

  useLayoutEffect(() => {
    const element = box.current!;
    const sizes = new ResizeObserver(() => setHeight(element.clientHeight));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);

  const moveTo = useCallback(
    (line: number) => {
      const { extent: now } = latest.current;
      const end = Math.max(0, now.lines - now.visible);
      const next = Math.max(0, Math.min(end, line));
      setTop(next);
      onFollowing(next >= end);
    },
    [onFollowing],
  );

  // The bar stands where the lines are; that it was put there is no wish to go elsewhere.
  useLayoutEffect(() => {
    const element = box.current!;
    const wantedTop = scrollTopOf(first, { lines: state.lines, visible, height });
    if (Math.abs(element.scrollTop - wantedTop) < 1) return;
    own.current = Math.round(wantedTop);
    element.scrollTop = wantedTop;
  }, [first, state.lines, visible, height]);

  useEffect(() => {
    const element = box.current!;
    // The browser scrolls by itself too, when the extent changes: only what a hand does counts.
    let isHeld = false;
    let touchedAt = -momentumMs;
    const hold = () => {
      isHeld = true;
    };
    const release = () => {
      if (isHeld) touchedAt = performance.now();
      isHeld = false;
    };
    const moved = (event: PointerEvent) => event.buttons === 0 && release();
    const scrolled = () => {
      const { extent: now, first: shown } = latest.current;
      if (!isHeld && performance.now() - touchedAt > momentumMs) return;
      if (Math.abs(element.scrollTop - own.current) < 2) return;
      if (!isHeld) touchedAt = performance.now();
      own.current = -10;
      const line = firstLineAt(element.scrollTop, now);
      if (Math.abs(line - shown) >= 0.5) moveTo(line);
    };
    // One turn of the wheel is some lines, also where the whole bar is millions of them.
    const turned = (event: WheelEvent) => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      event.preventDefault();
      const pixels = event.deltaMode === 1 ? event.deltaY * lineHeight : event.deltaY;
      wheel += pixels / lineHeight;
      const lines = Math.trunc(wheel);
      wheel -= lines;
      if (lines !== 0) moveTo(Math.round(latest.current.first) + lines);
    };
    let wheel = 0;
    element.addEventListener("scroll", scrolled);
    element.addEventListener("pointerdown", hold);
    element.addEventListener("touchstart", hold, { passive: true });
    element.addEventListener("touchend", release);
    addEventListener("pointerup", release);
    addEventListener("pointermove", moved);
    element.addEventListener("wheel", turned, { passive: false });
    return () => {
      element.removeEventListener("pointerdown", hold);
      element.removeEventListener("touchstart", hold);
      element.removeEventListener("touchend", release);
      removeEventListener("pointerup", release);
      removeEventListener("pointermove", moved);
      element.removeEventListener("scroll", scrolled);
      element.removeEventListener("wheel", turned);
    };
  }, [moveTo]);

  useImperativeHandle(
    ref,
    () => ({
      show: (line) => moveTo(line - Math.floor(latest.current.extent.visible / 2)),
      toEnd: () => moveTo(Number.MAX_SAFE_INTEGER),
    }),
    [moveTo],
  );

  const press = (event: KeyboardEvent) => {
    const now = Math.round(first);
    const target: Record<string, number> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      PageDown: now + visible - 1,
      PageUp: now - visible + 1,
      Home: 0,
      End: Number.MAX_SAFE_INTEGER,
    };
    const line = target[event.key];
    if (line === undefined || event.altKey) return;
    event.preventDefault();
    moveTo(line);
  };

  const begin = Math.floor(first);
  const shown = Math.min(state.lines - begin, visible + 2);
  const digits = String(Math.max(1, state.lines)).length;
  return (
    <div
      ref={box}
      className={`log${wraps ? " log-wraps" : ""}`}
      role="region"
      aria-label="Lines of the log"
      tabIndex={0}
      onKeyDown={press}
      style={{ "--digits": digits } as CSSProperties}
    >
      <div className="log-extent" style={{ height: scrollHeight({ lines: state.lines, visible, height }) }}>
        <div className="log-lines" style={{ height }}>
          <div className={isFollowing && state.lines > visible ? "log-foot" : ""}>
            {Array.from({ length: Math.max(0, shown) }, (_, index) => {
              const line = begin + index;
              return (
                <Line key={line} number={line} text={file.line(line)} wanted={wanted} isAt={line === at} />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

function Line({
  number,
  text,
  wanted,
  isAt,
}: {
  number: number;
  text: string | undefined;
  wanted: string;
  isAt: boolean;
}) {
  const pieces = useMemo(() => (text === undefined ? [] : markHits(readLine(text), wanted)), [text, wanted]);
  return (
    <div className={`log-line${isAt ? " log-line-at" : ""}`} data-line={number}>
      <span className="log-number" data-number={number + 1} />
      <span className="log-text">
        {pieces.map(({ text: part, look, isHit }, index) =>
          isHit ? (
            <mark key={index} className={look}>
              {part}
            </mark>
          ) : look === "" ? (
            part
          ) : (
            <span key={index} className={look}>
              {part}
            </span>
          ),
        )}
      </span>
    </div>
  );
}
