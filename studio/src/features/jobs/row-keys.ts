// Keys of the table: up and down, choose, unfold, open.
import { useNavigate } from "@tanstack/react-router";
import type { KeyboardEvent, RefObject } from "react";
import { useHotkey } from "../../ui/hotkeys.ts";
import type { Item } from "./items.ts";
import type { Selection } from "./selection.ts";
import type { RunRow } from "./view.ts";

interface RowKeys {
  items: readonly Item[];
  active: number;
  onActive: (index: number) => void;
  selection: Selection;
  unfolded: ReadonlySet<string>;
  isTree: boolean;
  onFold: (row: RunRow) => void;
  onFoldGroup: (name: string) => void;
  scroller: RefObject<HTMLElement | null>;
}

const group = "Table of runs";
const rowsOfPage = 15;

/** What the grid does with keys that are pressed in it. */
export function useRowKeys(keys: RowKeys): (event: KeyboardEvent) => void {
  const { items, active, onActive, selection, unfolded, isTree, onFold, onFoldGroup, scroller } = keys;
  const navigate = useNavigate();
  const item = items[active];
  const row = item?.kind === "run" ? item.row : undefined;

  const focusActive = (index: number) =>
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true }),
    );
  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(items.length - 1, index));
    onActive(next);
    focusActive(next);
    return next;
  };
  const isInGrid = () => scroller.current?.contains(document.activeElement) === true;
  // The first press goes to the row that is active, the next ones from there.
  const step = (by: number) => goTo(isInGrid() ? active + by : active);
  const extend = (by: number) => {
    if (row && !selection.has(row.id)) selection.toggle(row);
    const next = items[step(by)];
    if (next?.kind === "run") selection.toggle(next.row, true);
  };
  const open = () => {
    if (row) void navigate({ to: "/runs/$run", params: { run: row.id } });
  };
  const fold = (isOpening: boolean) => {
    if (item?.kind === "group" && item.isFolded === isOpening) onFoldGroup(item.name);
    if (row && isTree && row.children > 0 && unfolded.has(row.id) !== isOpening) onFold(row);
  };

  useHotkey({ keys: "j", label: "Next run", group }, () => step(1));
  useHotkey({ keys: "k", label: "Previous run", group }, () => step(-1));
  useHotkey({ keys: "x", label: "Select or not", group }, () => row && selection.toggle(row));
  useHotkey({ keys: "Shift+j", label: "Select down", group }, () => extend(1));
  useHotkey({ keys: "Shift+k", label: "Select up", group }, () => extend(-1));
  useHotkey({ keys: "o", label: "Open", group }, open);

  return (event) => {
    // Only on rows: buttons and boxes have keys of their own.
    if ((event.target as HTMLElement).dataset["index"] === undefined) return;
    const act = {
      ArrowDown: () => (event.shiftKey ? extend(1) : step(1)),
      ArrowUp: () => (event.shiftKey ? extend(-1) : step(-1)),
      PageDown: () => step(rowsOfPage),
      PageUp: () => step(-rowsOfPage),
      Home: () => goTo(0),
      End: () => goTo(items.length - 1),
      ArrowRight: () => fold(true),
      ArrowLeft: () => fold(false),
      Enter: () => (item?.kind === "group" ? onFoldGroup(item.name) : open()),
      " ": () => row && selection.toggle(row, event.shiftKey),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}
