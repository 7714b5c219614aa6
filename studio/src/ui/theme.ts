// Light, dark, or as the system is. public/theme.js puts the choice on the page before anything is drawn.
import { useSyncExternalStore } from "react";

export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];

const place = "trainyard-theme";
const watchers = new Set<() => void>();

function read(): Theme {
  try {
    const kept = localStorage.getItem(place);
    return themes.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(place, theme);
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const watcher of watchers) watcher();
}

export function useTheme(): Theme {
  return useSyncExternalStore((changed) => {
    watchers.add(changed);
    return () => watchers.delete(changed);
  }, read);
}
