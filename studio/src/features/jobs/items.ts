// The lines of the table: runs, their children where they are unfolded, and the heads of experiments while grouped.
import type { TablePage } from "./table-queries.ts";
import type { RunRow } from "./view.ts";

export type Item =
  | { kind: "group"; name: string; isFolded: boolean }
  | { kind: "run"; row: RunRow; depth: number }
  | { kind: "wait"; depth: number };

export const keyOfItem = (item: Item, index: number): string =>
  item.kind === "run" ? item.row.id : item.kind === "group" ? `group ${item.name}` : `wait ${index}`;

interface Shown {
  pages: readonly TablePage[];
  /** Of each unfolded run; undefined while they are on their way. */
  children: ReadonlyMap<string, readonly RunRow[] | undefined>;
  /** Undefined when it is not grouped. */
  folded: readonly string[] | undefined;
}

export function listItems({ pages, children, folded }: Shown): Item[] {
  const items: Item[] = [];
  const waiting = [...(folded ?? [])].sort();
  const addRun = (row: RunRow, depth: number): void => {
    items.push({ kind: "run", row, depth });
    if (!children.has(row.id)) return;
    const below = children.get(row.id);
    if (!below) items.push({ kind: "wait", depth: depth + 1 });
    for (const child of below ?? []) addRun(child, depth + 1);
  };
  // Folded experiments have no rows here; their heads stand where their names belong.
  const addFoldedBefore = (name: string | undefined): void => {
    for (const folded of waiting.splice(0)) {
      if (name === undefined || folded < name) items.push({ kind: "group", name: folded, isFolded: true });
      else waiting.push(folded);
    }
  };
  let group: string | undefined;
  for (const { rows } of pages) {
    for (const row of rows) {
      if (folded && row.experiment !== group) {
        addFoldedBefore(row.experiment);
        group = row.experiment;
        items.push({ kind: "group", name: group, isFolded: false });
      }
      addRun(row, 0);
    }
  }
  const isWhole = pages.at(-1)?.next == null;
  if (folded && isWhole) addFoldedBefore(undefined);
  if (!isWhole) for (let index = 0; index < 12; index++) items.push({ kind: "wait", depth: 0 });
  return items;
}
