// The colours of the page's theme as a canvas takes them, and anew when the theme changes.
import { useSyncExternalStore } from "react";

export const seriesColors = Array.from({ length: 8 }, (_, index) => `var(--series-${index + 1})`);
export const colorOf = (index: number): string => seriesColors[index % seriesColors.length]!;

let version = 0;
const watchers = new Set<() => void>();
const scheme = matchMedia("(prefers-color-scheme: dark)");
const changed = () => {
  version++;
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
  const probe = document.createElement("span");
  probe.style.color = color;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** The same, thinner. */
export const withAlpha = (resolved: string, alpha: number): string => {
  const parts = resolved.match(/[\d.]+/g) ?? ["0", "0", "0"];
  return `rgba(${parts.slice(0, 3).join(", ")}, ${alpha})`;
};
