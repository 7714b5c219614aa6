// The tree of a source folder: every file that belongs to the snapshot, with what `stat` says of it.
//
// `.git` stays behind, at any depth. Links are followed, inside the folder and out of it: what they lead to becomes
// content. A link back to a folder that encloses it is skipped with a warning, like sockets, pipes and devices.
// Links that lead nowhere, what may not be read, and names that do not mean the same everywhere are refused by name.
import { isUtf8 } from "node:buffer";
import { readdirSync, statSync, type Dirent, type Stats } from "node:fs";
import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Refused } from "../core/refused.ts";
import { loadIgnoreRules, type IgnoreRules } from "./ignore-rules.ts";

export interface WalkedFile {
  path: string;
  absolutePath: string;
  sizeBytes: number;
  stamp: FileStamp;
  executable: boolean;
}

/** What changes when a file's content does. */
export interface FileStamp {
  sizeBytes: number;
  modifiedMs: number;
  changedMs: number;
  inode: number;
}

export interface WalkedTree {
  files: WalkedFile[];
  /** Folders that hold nothing of the snapshot, also when all they hold was left out. */
  emptyDirectories: string[];
  ignoreFile: IgnoreRules["source"];
  warnings: string[];
  /** False when the walk stopped at `stopAfterFiles`. */
  complete: boolean;
}

export interface WalkOptions {
  signal?: AbortSignal | undefined;
  stopAfterFiles: number;
}

export const stampOf = (stats: Stats): FileStamp => ({
  sizeBytes: stats.size,
  modifiedMs: stats.mtimeMs,
  changedMs: stats.ctimeMs,
  inode: stats.ino,
});

/** The owner's bit decides, as in git. */
export const isExecutable = (stats: Stats): boolean => (stats.mode & 0o100) !== 0;

const entriesPerTurn = 2048;

export async function walkTree(root: string, options: WalkOptions): Promise<WalkedTree> {
  const tree: WalkedTree = {
    files: [],
    emptyDirectories: [],
    ignoreFile: undefined,
    warnings: [],
    complete: true,
  };
  const problems: string[] = [];
  let entriesThisTurn = 0;

  async function visitFolder(
    path: string,
    enclosing: readonly string[],
    rules: IgnoreRules,
  ): Promise<boolean> {
    const folder = path === "" ? root : `${root}/${path}`;
    const entries = listFolder(folder, path, problems);
    const hasOwnRules = path !== "" && entries.some((entry) => entry.name === ".gitignore");
    const inside = hasOwnRules ? rules.within(path) : rules;
    const folders = [...enclosing, folder];
    let holdsSomething = false;
    for (const entry of entries) {
      if (entry.name === ".git") continue;
      if (tree.files.length >= options.stopAfterFiles) {
        tree.complete = false;
        return true;
      }
      if (++entriesThisTurn >= entriesPerTurn) {
        entriesThisTurn = 0;
        await setImmediate();
        options.signal?.throwIfAborted();
      }
      const entryPath = path === "" ? entry.name : `${path}/${entry.name}`;
      const visited = visitEntry(entry, entryPath, folders, inside);
      // Most entries are files, and thousands of promises for nothing would be felt.
      if (typeof visited === "boolean" ? visited : await visited) holdsSomething = true;
    }
    return holdsSomething;
  }

  /** Whether the snapshot holds something of it. */
  function visitEntry(
    entry: Dirent,
    path: string,
    enclosing: readonly string[],
    rules: IgnoreRules,
  ): boolean | Promise<boolean> {
    const isLink = entry.isSymbolicLink();
    if (!isLink && rules.ignores(path, entry.isDirectory())) return false;
    const absolutePath = `${root}/${path}`;
    const stats = isLink || entry.isFile() ? statOf(absolutePath) : undefined;
    if (isLink && rules.ignores(path, stats?.isDirectory() ?? false)) return false;
    const problem = nameProblem(entry.name, path, enclosing.at(-1)!);
    if (problem) {
      problems.push(problem);
    } else if (stats?.isFile()) {
      const stamp = stampOf(stats);
      const { sizeBytes } = stamp;
      tree.files.push({ path, absolutePath, sizeBytes, stamp, executable: isExecutable(stats) });
      return true;
    } else if (entry.isDirectory() || stats?.isDirectory()) {
      if (isLink && isOneOf(stats!, enclosing)) {
        tree.warnings.push(`${path} was left out: it is a link to a folder that encloses it.`);
      } else {
        return visitFolder(path, enclosing, rules).then((holdsSomething) => {
          if (!holdsSomething) tree.emptyDirectories.push(path);
          return true;
        });
      }
    } else if (isLink && !stats) {
      problems.push(`${path} is a link that leads nowhere`);
    } else if (!entry.isFile()) {
      // (A file that has no stats any more was deleted just now.)
      tree.warnings.push(`${path} was left out: it is a socket, a pipe or a device.`);
    }
    return false;
  }

  const stats = statOf(root);
  if (!stats) {
    throw new Refused(
      "not-found",
      `There is no folder ${root}.`,
      "Check the path of the code; it is relative to the file that names it.",
    );
  }
  if (stats.isFile()) {
    const stamp = stampOf(stats);
    const path = basename(root);
    const name = nameProblem(path, path, root);
    if (name) problems.push(name);
    tree.files.push({
      path,
      absolutePath: root,
      sizeBytes: stats.size,
      stamp,
      executable: isExecutable(stats),
    });
  } else {
    const rules = loadIgnoreRules(root);
    tree.ignoreFile = rules.source;
    await visitFolder("", [], rules);
  }
  if (problems.length > 0) throw refuseProblems(root, problems);
  return tree;
}

function listFolder(folder: string, path: string, problems: string[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // Deleted, or replaced by a file, since its own folder was listed.
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    problems.push(`${path || folder} cannot be read (${codeOf(error)})`);
    return [];
  }
}

/** Undefined when there is nothing there, also at the end of a link. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (["ELOOP", "ENOTDIR", "EACCES"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function isOneOf(stats: Stats, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const other = statOf(folder);
    return other !== undefined && other.ino === stats.ino && other.dev === stats.dev;
  });
}

function nameProblem(name: string, path: string, folder: string): string | undefined {
  if (!/[\n\r\\\uFFFD]/.test(name) && path.length <= 4096) return undefined;
  if (path.length > 4096) return `${path.slice(0, 80)}… has a path of more than 4096 characters`;
  if (/[\n\r]/.test(name)) return `${JSON.stringify(path)} has a line break in its name`;
  if (name.includes("\\")) return `${path} has a backslash in its name`;
  const raw = readdirSync(folder, { encoding: "buffer" }).find(
    (bytes) => !isUtf8(bytes) && bytes.toString("utf8") === name,
  );
  return raw && `${showBytes(raw)} in ${folder} has a name that is not UTF-8`;
}

const showBytes = (bytes: Buffer): string =>
  bytes
    .toString("latin1")
    .replace(/[^ -~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

function refuseProblems(root: string, problems: readonly string[]): Refused {
  const shown = problems.slice(0, 10).map((problem) => `  ${problem}`);
  if (problems.length > 10) shown.push(`  and ${problems.length - 10} more`);
  return new Refused(
    "invalid",
    `The folder ${root} cannot be copied as it is:\n${shown.join("\n")}`,
    "Rename or remove these, or leave them out by a line in .amlignore (the syntax of .gitignore).",
  );
}
