// The difference of two texts as rows: what stands beside what, and what is left out between.
import { structuredPatch } from "diff";

export interface DiffRow {
  kind: "same" | "changed" | "gone" | "new" | "skip";
  before?: { number: number; text: string };
  after?: { number: number; text: string };
}

const context = 4;

/** Rows for two columns: a line that changed stands beside what it became. Empty when nothing differs. */
export function diffRows(before: string, after: string): DiffRow[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context });
  const rows: DiffRow[] = [];
  let shownTo = 1;
  for (const hunk of hunks) {
    if (hunk.oldStart > shownTo) rows.push({ kind: "skip" });
    let old = hunk.oldStart;
    let now = hunk.newStart;
    const gone: { number: number; text: string }[] = [];
    const added: { number: number; text: string }[] = [];
    const flush = () => {
      for (let at = 0; at < Math.max(gone.length, added.length); at++) {
        const left = gone[at];
        const right = added[at];
        rows.push({
          kind: left && right ? "changed" : left ? "gone" : "new",
          ...(left && { before: left }),
          ...(right && { after: right }),
        });
      }
      gone.length = 0;
      added.length = 0;
    };
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith("-")) gone.push({ number: old++, text });
      else if (line.startsWith("+")) added.push({ number: now++, text });
      else if (line.startsWith(" ")) {
        flush();
        rows.push({
          kind: "same",
          before: { number: old++, text },
          after: { number: now++, text },
        });
      }
    }
    flush();
    shownTo = hunk.oldStart + hunk.oldLines;
  }
  return rows;
}

/** The same for one column: first what went, then what came. */
export function unified(rows: readonly DiffRow[]): DiffRow[] {
  const lines: DiffRow[] = [];
  let came: DiffRow[] = [];
  for (const row of rows) {
    if (row.kind === "same" || row.kind === "skip") {
      lines.push(...came.splice(0), row);
      continue;
    }
    if (row.before) lines.push({ kind: "gone", before: row.before });
    if (row.after) came.push({ kind: "new", after: row.after });
  }
  lines.push(...came);
  return lines;
}

export type FileChange = "added" | "removed" | "changed";

interface Hashed {
  path: string;
  hash: string;
}

/** The files that differ, by path. */
export function changedFiles(before: readonly Hashed[], after: readonly Hashed[]): Map<string, FileChange> {
  const old = new Map(before.map(({ path, hash }) => [path, hash]));
  const now = new Map(after.map(({ path, hash }) => [path, hash]));
  const changes = new Map<string, FileChange>();
  for (const [path, hash] of now) {
    const was = old.get(path);
    if (was === undefined) changes.set(path, "added");
    else if (was !== hash) changes.set(path, "changed");
  }
  for (const path of old.keys()) if (!now.has(path)) changes.set(path, "removed");
  return changes;
}
