// Params, tags and metrics of MLflow's file store: a file each, and a folder for each slash in its name.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Pairs } from "./source.ts";

/** Name and path of every file below; none when there is no such folder. */
export function listLabelFiles(folder: string): { name: string; path: string }[] {
  const found: { name: string; path: string }[] = [];
  const walk = (below: string) => {
    let entries;
    try {
      entries = readdirSync(join(folder, below), { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    for (const entry of entries) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else found.push({ name, path: join(folder, name) });
    }
  };
  walk("");
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const readLabelFiles = (folder: string): Pairs =>
  listLabelFiles(folder).map(({ name, path }) => [name, readFileSync(path, "utf8")]);
