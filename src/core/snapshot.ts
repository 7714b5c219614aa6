// A snapshot is a frozen tree: a sorted list of entries, each file by the SHA-256 of its bytes.

export interface SnapshotFile {
  /** Relative, `/` between parts, never `..`, never empty. */
  path: string;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  hash: string;
  sizeBytes: number;
  executable: boolean;
}

export interface SnapshotManifest {
  version: 1;
  /** Sorted by path (code units). */
  files: SnapshotFile[];
  /** Directories that hold nothing, sorted; all others follow from the files. */
  emptyDirectories: string[];
}

/** The text whose SHA-256 is the snapshot's id. The Python client makes the same bytes. */
export const canonicalManifest = (manifest: SnapshotManifest): string =>
  JSON.stringify({
    version: 1,
    files: manifest.files.map((file) => [file.path, file.hash, file.sizeBytes, file.executable ? 1 : 0]),
    emptyDirectories: manifest.emptyDirectories,
  });

export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Whether a path stays inside its root and means the same on every machine. */
export const isSafePath = (path: string): boolean =>
  path !== "" &&
  path.length <= 4096 &&
  !path.includes("\0") &&
  !path.includes("\\") &&
  !path.startsWith("/") &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
