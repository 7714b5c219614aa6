// A search in a log: done by the server over the whole file, and again while the file grows.
import { useEffect, useRef, useState } from "react";
import { formatCount } from "../../ui/format.ts";
import type { LogFile, LogState } from "./log-file.ts";

const mostLines = 10_000;
const typingMs = 180;
const growingMs = 2000;

interface Found {
  wanted: string;
  total: number;
  lines: readonly number[];
}

const nothing: Found = { wanted: "", total: 0, lines: [] };

export function useLogSearch(file: LogFile, state: LogState, show: (line: number) => void) {
  const [text, setText] = useState("");
  const [found, setFound] = useState(nothing);
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState<string>();
  const shown = useRef("");
  // A growing file is searched again now and then, not with every line.
  const age = Math.floor(useSlow(state.sizeBytes, state.isGrowing && text !== "" ? growingMs : 0));
  useEffect(() => {
    if (text === "") {
      setFound(nothing);
      setProblem(undefined);
      shown.current = "";
      return;
    }
    const leaving = new AbortController();
    const timer = setTimeout(
      () => {
        file.search(text, mostLines, leaving.signal).then(
          ({ total, lines }) => {
            setFound({ wanted: text, total, lines });
            setProblem(undefined);
            if (shown.current === text) return;
            shown.current = text;
            setAt(0);
            if (lines[0] !== undefined) show(lines[0]);
          },
          (error: unknown) => {
            if (!leaving.signal.aborted) setProblem((error as Error).message);
          },
        );
      },
      shown.current === text ? 0 : typingMs,
    );
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [file, text, age]);
  const count = found.lines.length;
  return {
    text,
    setText,
    wanted: found.wanted,
    total: found.total,
    line: found.wanted === "" ? undefined : found.lines[at],
    described:
      problem ??
      (text !== found.wanted
        ? "searching …"
        : found.wanted === ""
          ? ""
          : found.total === 0
            ? "none"
            : `${formatCount(at + 1)} of ${formatCount(found.total)}`),
    step(by: 1 | -1) {
      if (count === 0 || text !== found.wanted) return;
      const next = (at + by + count) % count;
      setAt(next);
      show(found.lines[next]!);
    },
  };
}

/** The value as it was at most so many milliseconds ago; 0: as it is. */
function useSlow(value: number, everyMs: number): number {
  const [slow, setSlow] = useState(value);
  const latest = useRef(value);
  latest.current = value;
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => setSlow(latest.current), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return everyMs === 0 ? 0 : slow;
}
