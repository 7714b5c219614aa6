// Artifact folders of this machine: where one is now, and what lies in it.
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BrokenSource } from "./source.ts";
import type { SourceFile } from "./source.ts";

/** The folder that an artifact address names, when it is one of this machine. */
export function localPath(uri: string, base: string): string | undefined {
  if (/^file:/i.test(uri)) {
    // `file:relative` is legal for MLflow, and no URL.
    if (!/^file:\//i.test(uri)) return resolve(base, decodeURIComponent(uri.slice("file:".length)));
    try {
      return fileURLToPath(uri.replace(/#/g, "%23").replace(/\?/g, "%3F"));
    } catch {
      return undefined;
    }
  }
  return /^[a-z][a-z0-9+.-]+:/i.test(uri) ? undefined : resolve(base, uri);
}

/**
 * The folder with the files of a run or a model: where its address says, or in the same place below another root, as
 * it is when the store was copied here. Undefined when there is none, which is how a run without files looks.
 */
export function findArtifactFolder(
  uri: string,
  { base, roots, first }: { base: string; roots: readonly string[]; first?: string | undefined },
): string | undefined {
  if (first !== undefined && existsSync(first)) return first;
  const said = localPath(uri, base);
  if (said !== undefined && existsSync(said)) return said;
  const isProxied = /^mlflow-artifacts:/i.test(uri);
  if (said === undefined && !isProxied) {
    throw new BrokenSource(
      `its files lie at ${uri}, which is read neither from a folder nor from a database`,
      "run `mlflow server` on this store with access to that storage, and import from its address; or leave files out with --no-artifacts",
    );
  }
  const parts = (said ?? decodeURIComponent(uri.replace(/^mlflow-artifacts:(\/\/[^/]*)?\/*/i, "")))
    .split("/")
    .filter((part) => part !== "");
  for (const root of roots) {
    // The longest tail first: `root/1/<run>/artifacts` before `root/<run>/artifacts`.
    for (let from = Math.max(0, parts.length - 5); from <= parts.length - 2; from++) {
      const candidate = join(root, ...parts.slice(from));
      if (!parts.includes("..") && existsSync(candidate)) return candidate;
    }
  }
  if (isProxied && !roots.some((root) => existsSync(root))) {
    throw new BrokenSource(
      `its files were kept by a server (${uri}), and the folder they are in is not here`,
      "say where it is with --artifacts, such as --artifacts ./mlartifacts",
    );
  }
  return undefined;
}

/** Every file below the folder. Links to files count as files; links to folders are not followed. */
export function listLocalFiles(folder: string): SourceFile[] {
  const files: SourceFile[] = [];
  const walk = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true }).sort(byName)) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() || entry.isSymbolicLink()) addFile(path);
    }
  };
  const addFile = (path: string) => {
    const local = join(folder, path);
    const found = statSync(local, { throwIfNoEntry: false });
    if (!found?.isFile()) return;
    files.push({ path, sizeBytes: found.size, local, open: async () => createReadStream(local) });
  };
  walk("");
  return files;
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);
