// The files that a run has kept: the tree of them, and the chosen one.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { artifactAddress, artifactsQuery } from "../../api/run-queries.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatBytes } from "../../ui/format.ts";
import { DownloadIcon, FileIcon, FolderIcon } from "../../ui/icons.tsx";
import { isLog } from "../logs/choose-log.ts";
import { FileTree } from "./file-tree.tsx";
import { Preview } from "./preview.tsx";

interface FilesTabProps {
  run: string;
  path: string | undefined;
  onPath: (path: string) => void;
}

export function FilesTab({ run, path, onPath }: FilesTabProps) {
  const { data } = useQuery(artifactsQuery(run));
  const files = useMemo(() => data ?? [], [data]);
  const file =
    files.find((one) => one.path === path) ??
    files.find((one) => path !== undefined && one.path.startsWith(`${path}/`));
  if (data === undefined) return null;
  if (files.length === 0) {
    return (
      <EmptyState icon={<FolderIcon size={28} />} title="No files yet">
        <p>What the code writes to outputs/ is kept here, and so is what it logs.</p>
      </EmptyState>
    );
  }
  return (
    <div className="split run-fill">
      <div className="split-side">
        <FileTree
          label="Files"
          files={files}
          chosen={file?.path}
          onChoose={(one) => onPath(one.path)}
          end={(one) => formatBytes(one.sizeBytes)}
          folderEnd={formatBytes}
        />
      </div>
      <div className="split-main">
        {file === undefined ? (
          <EmptyState icon={<FileIcon size={28} />} title="Choose a file to look at it" />
        ) : (
          <>
            <div className="split-bar">
              <span className="split-title" title={file.path}>
                {file.path}
              </span>
              <CopyButton text={file.path} label="Copy the path" />
              <span className="split-note">{formatBytes(file.sizeBytes)}</span>
              <span className="split-end">
                {isLog(file.path) && (
                  <ButtonLink small to="/runs/$run/logs" params={{ run }} search={{ file: file.path }}>
                    Open as a log
                  </ButtonLink>
                )}
                <a
                  className="button button-plain button-small"
                  href={artifactAddress(run, file.path)}
                  download={file.path.split("/").at(-1)}
                >
                  <DownloadIcon size={14} />
                  Download
                </a>
              </span>
            </div>
            <div className="split-content">
              <Preview key={file.path} run={run} file={file} />
            </div>
          </>
        )}
      </div>
    </div>
  );
}
