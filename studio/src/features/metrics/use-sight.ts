// Whether an element is in sight, or within some distance of it.
import { useEffect, useState } from "react";
import type { RefObject } from "react";

/** `margin` as CSS has it: so far beyond the edges counts as well. */
export function useSight(element: RefObject<HTMLElement | null>, margin: string): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const sight = new IntersectionObserver(
      (entries) => {
        const last = entries.at(-1);
        if (last) setSeen(last.isIntersecting);
      },
      { rootMargin: margin },
    );
    sight.observe(element.current!);
    return () => sight.disconnect();
  }, [element, margin]);
  return isSeen;
}
