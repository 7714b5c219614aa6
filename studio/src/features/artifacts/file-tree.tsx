// A tree of files: arrows move and open, Enter chooses, letters jump; only the rows in sight exist.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { ChevronDownIcon, ChevronRightIcon, FileIcon, FolderIcon } from "../../ui/icons.tsx";
import { rowsOf, treeOf } from "./tree.ts";
import type { TreeRow } from "./tree.ts";
import "./file-tree.css";

interface FileTreeProps<T> {
  label: string;
  files: readonly T[];
  chosen: string | undefined;
  onChoose: (file: T) => void;
  /** At the end of a row: a size, a mark. */
  end?: (file: T) => ReactNode;
  folderEnd?: (sizeBytes: number) => ReactNode;
}

const rowHeight = 26;
/** Larger trees begin closed. */
const openUpTo = 200;

export function FileTree<T extends { path: string; sizeBytes: number }>({
  label,
  files,
  chosen,
  onChoose,
  end,
  folderEnd,
}: FileTreeProps<T>) {
  const scroll = useRef<HTMLDivElement>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const beginsOpen = files.length <= openUpTo;
  const tree = useMemo(() => treeOf(files), [files]);
  const rows = useMemo(
    () =>
      rowsOf(
        tree,
        ({ path }) => (beginsOpen || (chosen?.startsWith(`${path}/`) ?? false)) !== toggled.has(path),
      ),
    [tree, toggled, beginsOpen, chosen],
  );
  const [focused, setFocused] = useState<string>();
  const chosenAt = rows.findIndex(({ node }) => node.path === chosen);
  const at = Math.max(
    0,
    focused === undefined ? chosenAt : rows.findIndex(({ node }) => node.path === focused),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => {
    if (chosenAt > 0) virtual.scrollToIndex(chosenAt, { align: "auto" });
  }, [chosenAt === -1]);
  const isOpen = (row: TreeRow<T>, index: number) => (rows[index + 1]?.depth ?? 0) > row.depth;
  const toggle = (path: string) =>
    setToggled((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  const choose = (row: TreeRow<T>) =>
    row.node.kind === "file" ? onChoose(row.node.file) : toggle(row.node.path);
  const focus = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setFocused(row.node.path);
    virtual.scrollToIndex(index, { align: "auto" });
  };
  const press = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row) return;
    const isFolder = row.node.kind === "folder";
    const open = isFolder && isOpen(row, at);
    if (event.key === "ArrowDown") focus(Math.min(rows.length - 1, at + 1));
    else if (event.key === "ArrowUp") focus(Math.max(0, at - 1));
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(rows.length - 1);
    else if (event.key === "Enter" || event.key === " ") choose(row);
    else if (event.key === "ArrowRight" && isFolder) {
      if (open) focus(at + 1);
      else toggle(row.node.path);
    } else if (event.key === "ArrowLeft") {
      if (open) toggle(row.node.path);
      else focus(rows.findLastIndex((one, index) => index < at && one.depth < row.depth));
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={scroll} className="file-tree">
      <div
        role="tree"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={rows[at] && idOf(rows[at].node.path)}
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={press}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]!;
          const { node, depth } = row;
          const open = isOpen(row, index);
          return (
            <div
              key={node.path + node.kind}
              id={idOf(node.path)}
              role="treeitem"
              aria-level={depth + 1}
              aria-selected={node.path === chosen}
              aria-expanded={node.kind === "folder" ? open : undefined}
              className={`file-row${index === at ? " file-row-at" : ""}`}
              style={{ transform: `translateY(${start}px)`, paddingLeft: 6 + depth * 14 }}
              onClick={() => {
                setFocused(node.path);
                choose(row);
              }}
            >
              <span className="file-chevron">
                {node.kind === "folder" &&
                  (open ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />)}
              </span>
              {node.kind === "folder" ? <FolderIcon size={14} /> : <FileIcon size={14} />}
              <span className="file-name" title={node.path}>
                {node.name}
              </span>
              <span className="file-end">
                {node.kind === "file" ? end?.(node.file) : !open && folderEnd?.(node.sizeBytes)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

const idOf = (path: string): string => `file ${path}`.replaceAll(/\s/g, "-");
