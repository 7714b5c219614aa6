// Whether the server has another Studio by now than the one in this page, as it has after an update.

let isOld = false;
const watchers = new Set<() => void>();

export const isOutdated = (): boolean => isOld;

export function watchOutdated(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** The names of scripts follow from what is in them: a page that names another one is another Studio. */
export async function compareWithServer(): Promise<void> {
  const answer = await fetch("/", { headers: { accept: "text/html" } });
  if (!answer.ok || (await answer.text()).includes(new URL(import.meta.url).pathname)) return;
  isOld = true;
  for (const watcher of watchers) watcher();
}

const reloadedAt = "trainyard-reloaded-at";
const patienceMs = 10_000;

/** A part of the old Studio is no longer there to be loaded; the new one has it. */
export function reloadWhenPartsAreGone(): void {
  addEventListener("vite:preloadError", (event) => {
    // Once: where the server itself is away it would go on for ever.
    const last = Number(sessionStorage.getItem(reloadedAt) ?? 0);
    if (Date.now() - last < patienceMs) return;
    event.preventDefault();
    sessionStorage.setItem(reloadedAt, String(Date.now()));
    location.reload();
  });
}
