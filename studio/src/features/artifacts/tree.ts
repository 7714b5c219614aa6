// A list of paths as a tree of folders.

export interface TreeFile<T> {
  kind: "file";
  name: string;
  path: string;
  file: T;
}

export interface TreeFolder<T> {
  kind: "folder";
  name: string;
  path: string;
  sizeBytes: number;
  count: number;
  children: TreeNode<T>[];
}

export type TreeNode<T> = TreeFile<T> | TreeFolder<T>;

/** Folders first, then by name, numbers by their value. A folder that holds one folder alone is joined with it. */
export function treeOf<T extends { path: string; sizeBytes: number }>(files: readonly T[]): TreeNode<T>[] {
  const root: TreeFolder<T> = { kind: "folder", name: "", path: "", sizeBytes: 0, count: 0, children: [] };
  const folders = new Map([["", root]]);
  const folderAt = (path: string): TreeFolder<T> => {
    const known = folders.get(path);
    if (known) return known;
    const cut = path.lastIndexOf("/");
    const made: TreeFolder<T> = {
      kind: "folder",
      name: path.slice(cut + 1),
      path,
      sizeBytes: 0,
      count: 0,
      children: [],
    };
    folders.set(path, made);
    folderAt(cut === -1 ? "" : path.slice(0, cut)).children.push(made);
    return made;
  };
  for (const file of files) {
    const cut = file.path.lastIndexOf("/");
    const parent = folderAt(cut === -1 ? "" : file.path.slice(0, cut));
    parent.children.push({ kind: "file", name: file.path.slice(cut + 1), path: file.path, file });
  }
  return tidy(root).children;
}

const order = new Intl.Collator("en", { numeric: true });

function tidy<T extends { sizeBytes: number }>(folder: TreeFolder<T>): TreeFolder<T> {
  const children = folder.children.map((child) => (child.kind === "folder" ? joinOnly(tidy(child)) : child));
  return {
    ...folder,
    sizeBytes: children.reduce(
      (sum, child) => sum + (child.kind === "folder" ? child.sizeBytes : child.file.sizeBytes),
      0,
    ),
    count: children.reduce((sum, child) => sum + (child.kind === "folder" ? child.count : 1), 0),
    children: children.sort((a, b) =>
      a.kind === b.kind ? order.compare(a.name, b.name) : a.kind === "folder" ? -1 : 1,
    ),
  };
}

function joinOnly<T>(folder: TreeFolder<T>): TreeFolder<T> {
  const [only] = folder.children;
  if (folder.children.length !== 1 || only?.kind !== "folder") return folder;
  return { ...only, name: `${folder.name}/${only.name}` };
}

export interface TreeRow<T> {
  node: TreeNode<T>;
  depth: number;
}

/** What is in sight: the children of a closed folder are not. */
export function rowsOf<T>(
  nodes: readonly TreeNode<T>[],
  isOpen: (folder: TreeFolder<T>) => boolean,
  depth = 0,
): TreeRow<T>[] {
  return nodes.flatMap((node) => [
    { node, depth },
    ...(node.kind === "folder" && isOpen(node) ? rowsOf(node.children, isOpen, depth + 1) : []),
  ]);
}
