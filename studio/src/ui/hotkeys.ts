// Keys of the page: each is registered where it acts, and all that hold now are listed under `?`.
import { useEffect, useRef } from "react";

export interface Hotkey {
  /** `j`, `Enter`, `Shift+j`, `Mod+k` (⌘ or Ctrl), or two in turn: `g j`. */
  keys: string;
  /** What it does, for the list. */
  label: string;
  /** Where it belongs in the list. */
  group: string;
}

interface Registered extends Hotkey {
  act: (event: KeyboardEvent) => void;
  /** Also while one types. */
  whileTyping: boolean;
}

const registered = new Set<Registered>();
/** Time for the second key. */
const patienceMs = 1200;
let first: { key: string; at: number } | undefined;

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Those that act on the page as it is now. */
export const listHotkeys = (): Hotkey[] => [...registered];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox"));

function nameOf(event: KeyboardEvent): string {
  const mod = (isMac ? event.metaKey : event.ctrlKey) ? "Mod+" : "";
  // A letter's case says Shift already, so does `?`.
  const isNamed = event.key.length > 1;
  const shift = event.shiftKey && (isNamed || /^[A-Za-z]$/.test(event.key)) ? "Shift+" : "";
  return mod + shift + (isNamed ? event.key : event.key.toLowerCase());
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  if (isMac ? event.ctrlKey : event.metaKey) return;
  if (["Shift", "Control", "Meta"].includes(event.key)) return;
  const name = nameOf(event);
  const typing = isTyping(event.target);
  const isModal = document.querySelector("dialog[open]") !== null;
  const now = performance.now();
  const pair = first && now - first.at < patienceMs ? `${first.key} ${name}` : undefined;
  first = undefined;
  const all = [...registered].toReversed();
  const matching = (keys: string | undefined) =>
    all.find((one) => one.keys === keys && (one.whileTyping || (!typing && !isModal)));
  const found = matching(pair) ?? matching(name);
  if (found) {
    event.preventDefault();
    found.act(event);
  } else if (!typing && all.some(({ keys }) => keys.startsWith(`${name} `))) {
    first = { key: name, at: now };
  }
}

export function useHotkey(
  hotkey: Hotkey & { whileTyping?: boolean },
  act: (event: KeyboardEvent) => void,
  isOn = true,
): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const { keys, label, group, whileTyping = false } = hotkey;
  useEffect(() => {
    if (!isOn) return;
    const one = { keys, label, group, whileTyping, act: (event: KeyboardEvent) => latest.current(event) };
    if (registered.size === 0) addEventListener("keydown", pressed);
    registered.add(one);
    return () => {
      registered.delete(one);
      if (registered.size === 0) removeEventListener("keydown", pressed);
    };
  }, [keys, label, group, whileTyping, isOn]);
}
