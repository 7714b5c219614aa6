// How big a snapshot may be, and what to tell somebody whose folder is bigger.
import { Refused } from "../core/refused.ts";
import { ignoreLineFor } from "./ignore-rules.ts";
import type { WalkedFile, WalkedTree } from "./walk-tree.ts";

export interface SnapshotLimits {
  bytes: number;
  files: number;
}

export const defaultLimits: SnapshotLimits = { bytes: 2 * 1024 ** 3, files: 100_000 };

interface Part {
  /** Relative to the root; folders end in a slash. */
  path: string;
  bytes: number;
  files: number;
}

/** Throws "too-large" with the parts that weigh most and the ignore line that would drop each. */
export function checkLimits(root: string, tree: WalkedTree, limits: SnapshotLimits): void {
  const bytes = tree.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const count = tree.files.length;
  if (bytes <= limits.bytes && count <= limits.files && tree.complete) return;

  const weigh = bytes > limits.bytes ? (part: Part) => part.bytes : (part: Part) => part.files;
  const parts = heaviestParts(tree.files, weigh).slice(0, 5);
  const width = Math.max(...parts.map((part) => part.path.length));
  const lines = parts.map(
    (part) => `  ${part.path.padEnd(width)}  ${describe(part).padEnd(28)}  ${ignoreLineFor(part.path)}`,
  );
  const atLeast = tree.complete ? "" : "at least ";
  throw new Refused(
    "too-large",
    `The folder ${root} is ${atLeast}${describe({ bytes, files: count })}; ` +
      `a snapshot may be ${describe(limits)}. The largest parts, each with the .amlignore line that leaves it out:\n` +
      lines.join("\n"),
    hintFor(tree.ignoreFile),
    {
      bytes,
      files: count,
      limits: { ...limits },
      largest: parts.map((part) => ({ ...part, line: ignoreLineFor(part.path) })),
    },
  );
}

/** The entries of the root by weight; where one folder holds nearly all of another, it is named instead. */
function heaviestParts(files: readonly WalkedFile[], weigh: (part: Part) => number): Part[] {
  return partsOf(files, "", weigh).map(({ part, members }) => {
    let found = part;
    let inside = members;
    while (found.path.endsWith("/")) {
      const [heaviest] = partsOf(inside, found.path, weigh);
      if (!heaviest?.part.path.endsWith("/") || weigh(heaviest.part) < weigh(found) * 0.9) break;
      found = heaviest.part;
      inside = heaviest.members;
    }
    return found;
  });
}

function partsOf(files: readonly WalkedFile[], base: string, weigh: (part: Part) => number) {
  const parts = new Map<string, { part: Part; members: WalkedFile[] }>();
  for (const file of files) {
    const slash = file.path.indexOf("/", base.length);
    const path = slash < 0 ? file.path : file.path.slice(0, slash + 1);
    let found = parts.get(path);
    if (!found) parts.set(path, (found = { part: { path, bytes: 0, files: 0 }, members: [] }));
    found.part.bytes += file.sizeBytes;
    found.part.files += 1;
    found.members.push(file);
  }
  return [...parts.values()].sort((a, b) => weigh(b.part) - weigh(a.part));
}

const describe = ({ bytes, files }: { bytes: number; files: number }): string =>
  `${files.toLocaleString("en-US")} ${files === 1 ? "file" : "files"} and ${sizeText(bytes)}`;

function sizeText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return unit === 0 ? `${bytes} bytes` : `${(bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}

function hintFor(ignoreFile: WalkedTree["ignoreFile"]): string {
  const file =
    ignoreFile === ".gitignore"
      ? "Copy .gitignore to .amlignore, which then counts instead of it, and add the lines of what the job does not need."
      : "Add the lines of what the job does not need to .amlignore in that folder.";
  return (
    `${file} Give big data to the job as an input. ` +
    "Or raise the limits: TRAINYARD_SNAPSHOT_MAX_BYTES and TRAINYARD_SNAPSHOT_MAX_FILES."
  );
}
