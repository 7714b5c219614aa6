// The colours of the page's theme as a canvas takes them, and anew when the theme changes.
import { useSyncExternalStore } from "react";

export const seriesColors = Array.from({ length: 8 }, (_, index) => `var(--series-${index + 1})`);
export const colorOf = (index: number): string => seriesColors[index % seriesColors.length]!;

let version = 0;
const watchers = new Set<() => void>();
const scheme = matchMedia("(prefers-color-scheme: dark)");
/** Asking the page makes it compute all its styles: once for each colour is enough. */
const resolved = new Map<string, string>();
const changed = () => {
  version++;
  resolved.clear();
  for (const watcher of watchers) watcher();
};
const attribute = new MutationObserver(changed);

/** A number that is another after each change of the theme. */
export function useThemeVersion(): number {
  return useSyncExternalStore(
    (watcher) => {
      if (watchers.size === 0) {
        scheme.addEventListener("change", changed);
        attribute.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
      }
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        if (watchers.size > 0) return;
        scheme.removeEventListener("change", changed);
        attribute.disconnect();
      };
    },
    () => version,
  );
}

/** `var(--series-1)` → `rgb(…)`, as it is on this page now. */
export function resolveColor(color: string): string {
  const known = resolved.get(color);
  if (known !== undefined) return known;
  const probe = document.createElement("span");
  probe.style.color = color;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  resolved.set(color, found);
  return found;
}

/** The same, thinner. */
export const withAlpha = (color: string, alpha: number): string => {
  const parts = color.match(/[\d.]+/g) ?? ["0", "0", "0"];
  return `rgba(${parts.slice(0, 3).join(", ")}, ${alpha})`;
};
