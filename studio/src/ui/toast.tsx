// Short words about what was just done, at the foot of the page; they go away by themselves unless something failed.
import { useSyncExternalStore } from "react";
import { IconButton } from "./button.tsx";
import { CloseIcon } from "./icons.tsx";
import "./toast.css";

interface Toast {
  id: number;
  text: string;
  tone: "plain" | "bad";
}

let toasts: readonly Toast[] = [];
let lastId = 0;
const watchers = new Set<() => void>();
const shownMs = 5000;

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}

const dismiss = (id: number) => change(toasts.filter((toast) => toast.id !== id));

export function say(text: string, tone: Toast["tone"] = "plain"): void {
  const id = ++lastId;
  change([...toasts.slice(-3), { id, text, tone }]);
  if (tone === "plain") setTimeout(() => dismiss(id), shownMs);
}

/** For the end of an action: `act().catch(sayProblem)`. */
export const sayProblem = (error: unknown): void =>
  say(error instanceof Error ? error.message : String(error), "bad");

export function Toaster() {
  const shown = useSyncExternalStore(
    (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className={`toast toast-${tone}`}>
          <span>{text}</span>
          <IconButton label="Dismiss" small data-tip-side="end" onClick={() => dismiss(id)}>
            <CloseIcon size={14} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
