// Rows that come in above do not move what one is looking at.
import { useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import { keyOfItem } from "./items.ts";
import type { Item } from "./items.ts";

export function useKeptPlace(
  scroller: RefObject<HTMLElement | null>,
  items: readonly Item[],
  rowHeight: number,
): void {
  const before = useRef(items);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = items;
    const element = scroller.current;
    if (!element || old === items) return;
    // At the very top one wants to see what comes.
    const top = Math.floor(element.scrollTop / rowHeight);
    const first = old[top];
    if (top === 0 || !first) return;
    const key = keyOfItem(first, top);
    // Only changes nearby are of rows; another sort has another top.
    for (let shift = 1; shift <= 500; shift++) {
      for (const index of [top + shift, top - shift]) {
        const item = items[index];
        if (item && keyOfItem(item, index) === key) {
          element.scrollTop += (index - top) * rowHeight;
          return;
        }
      }
      const same = items[top];
      if (same && keyOfItem(same, top) === key) return;
    }
  }, [items, rowHeight, scroller]);
}
