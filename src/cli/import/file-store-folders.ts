// The folders of MLflow's file store: each thing is one, and says in meta.yaml what it is.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MetaFile } from "./meta-file.ts";
import { BrokenSource } from "./source.ts";

export const metaName = "meta.yaml";

export function readMeta(folder: string): MetaFile {
  const path = join(folder, metaName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new BrokenSource(
      missing ? `${path} is missing` : `${path} cannot be read: ${(error as Error).message}`,
      "restore the file, or remove the folder when nobody needs it: MLflow does not show it either",
    );
  }
  return new MetaFile(text, path);
}

export const foldersIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];
