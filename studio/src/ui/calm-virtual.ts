// A virtual list that does not make the browser lay the page out at once when it appears, which took a third of the
// time of the first drawing: it hears its size when the layout is there, and scrolls to the top only from elsewhere.
import { elementScroll } from "@tanstack/react-virtual";
import type { Rect, Virtualizer } from "@tanstack/react-virtual";

export function observeSize<Scroller extends Element>(
  { scrollElement }: Virtualizer<Scroller, Element>,
  tell: (rect: Rect) => void,
): (() => void) | undefined {
  if (!scrollElement) return undefined;
  const observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry!.contentRect;
    tell({ width: Math.round(width), height: Math.round(height) });
  });
  observer.observe(scrollElement);
  return () => observer.disconnect();
}

export function scrollFromElsewhere<Scroller extends Element>(
  ...[offset, options, list]: Parameters<typeof elementScroll<Scroller>>
): void {
  const isThere = offset + (options.adjustments ?? 0) === 0 && (list.scrollOffset ?? 0) === 0;
  if (!isThere) elementScroll(offset, options, list);
}
