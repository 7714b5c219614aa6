// Which runs are chosen: by boxes, by ranges with Shift, all that are shown.
import { useCallback, useMemo, useRef, useState } from "react";
import type { RunRow } from "./view.ts";

export interface Selection {
  rows: ReadonlyMap<string, RunRow>;
  has: (run: string) => boolean;
  /** With `isRange` all from the last one that was toggled up to this. */
  toggle: (row: RunRow, isRange?: boolean) => void;
  setAll: (rows: readonly RunRow[]) => void;
  clear: () => void;
}

export function useSelection(shown: readonly RunRow[]): Selection {
  const [rows, setRows] = useState<ReadonlyMap<string, RunRow>>(new Map());
  const anchor = useRef<string>(undefined);
  const latest = useRef(shown);
  latest.current = shown;
  const shownById = useMemo(() => new Map(shown.map((row) => [row.id, row])), [shown]);
  const toggle = useCallback((row: RunRow, isRange = false) => {
    setRows((before) => {
      const next = new Map(before);
      const list = latest.current;
      const from = isRange ? list.findIndex(({ id }) => id === anchor.current) : -1;
      const to = list.findIndex(({ id }) => id === row.id);
      if (from >= 0 && to >= 0) {
        for (const one of list.slice(Math.min(from, to), Math.max(from, to) + 1)) next.set(one.id, one);
      } else if (!next.delete(row.id)) next.set(row.id, row);
      return next;
    });
    if (!isRange) anchor.current = row.id;
  }, []);
  return useMemo(
    () => ({
      // As they are now, not as they were when they were chosen.
      rows: new Map([...rows].map(([id, row]) => [id, shownById.get(id) ?? row])),
      has: (run) => rows.has(run),
      toggle,
      setAll: (all) => setRows(new Map(all.map((row) => [row.id, row]))),
      clear: () => setRows(new Map()),
    }),
    [rows, shownById, toggle],
  );
}
