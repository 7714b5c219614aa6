// The code that a job ran, file by file; or what differs from the code of another run.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Job } from "../../api/queries.ts";
import { blobTextQuery, jobOfRunQuery, snapshotQuery } from "../../api/run-queries.ts";
import type { Manifest } from "../../api/run-queries.ts";
import { IconButton } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Segmented } from "../../ui/field.tsx";
import { formatBytes, plural } from "../../ui/format.ts";
import { CloseIcon, FileIcon } from "../../ui/icons.tsx";
import { FileTree } from "../artifacts/file-tree.tsx";
import { AddRun } from "../metrics/add-run.tsx";
import { changedFiles } from "./diff-lines.ts";
import { DiffView } from "./diff-view.tsx";
import type { DiffLook } from "./diff-view.tsx";
import { EnvironmentDiff } from "./environment-diff.tsx";
import { languageOf } from "./tokenize.ts";
import { TextLines } from "./text-lines.tsx";

type SnapshotFile = Manifest["files"][number];

export interface CodeSearch {
  file?: string;
  /** Another run, whose code this is compared with. */
  against?: string;
  environment?: true;
}

interface CodeTabProps {
  job: Job;
  search: CodeSearch;
  onSearch: (change: { [Key in keyof CodeSearch]?: CodeSearch[Key] | undefined }) => void;
}

const snapshotOf = (job: Job | null | undefined): string | undefined =>
  job?.spec.code?.kind === "snapshot" ? job.spec.code.id : undefined;

export function CodeTab({ job, search, onSearch }: CodeTabProps) {
  const { against } = search;
  const [look, setLook] = useState<DiffLook>("split");
  const { data: other } = useQuery({ ...jobOfRunQuery(against ?? ""), enabled: against !== undefined });
  const own = snapshotOf(job);
  const theirs = snapshotOf(other);
  const { data: manifest } = useQuery({ ...snapshotQuery(own ?? ""), enabled: own !== undefined });
  const { data: before } = useQuery({ ...snapshotQuery(theirs ?? ""), enabled: theirs !== undefined });
  const changes = useMemo(
    () => (against !== undefined && manifest ? changedFiles(before?.files ?? [], manifest.files) : undefined),
    [against, before, manifest],
  );
  const files = useMemo(() => {
    if (!manifest) return [];
    if (!changes) return manifest.files;
    const all = new Map([...(before?.files ?? []), ...manifest.files].map((file) => [file.path, file]));
    return [...changes.keys()].map((path) => all.get(path)!);
  }, [manifest, before, changes]);
  if (own === undefined) {
    return (
      <EmptyState icon={<FileIcon size={28} />} title="This job was submitted without code">
        <p>Its command is all there was to run: see the overview.</p>
      </EmptyState>
    );
  }
  const path = files.some((file) => file.path === search.file) ? search.file : likeliest(files, job);
  const isWaiting = against !== undefined && (other === undefined || (theirs !== undefined && !before));
  return (
    <div className="split run-fill">
      <div className="split-side">
        <div className="code-views">
          {against === undefined ? (
            <AddRun
              label="Compare with a run"
              experiment={job.experimentName}
              taken={[job.name]}
              onAdd={(run) => onSearch({ against: run })}
            />
          ) : (
            <span className="chart-other">
              <span>vs.</span>
              <span>{other?.displayName ?? against}</span>
              <IconButton
                label="Compare no more"
                small
                onClick={() => onSearch({ against: undefined, environment: undefined })}
              >
                <CloseIcon size={12} />
              </IconButton>
            </span>
          )}
        </div>
        {manifest && !isWaiting && files.length > 0 && (
          <FileTree
            label={changes ? "Files that differ" : "Code"}
            files={files}
            chosen={search.environment ? undefined : path}
            onChoose={(file) => onSearch({ file: file.path, environment: undefined })}
            end={(file) => {
              const change = changes?.get(file.path);
              return change ? (
                <span className={`mark-${change}`}>{change}</span>
              ) : (
                formatBytes(file.sizeBytes)
              );
            }}
          />
        )}
        {changes && !isWaiting && files.length === 0 && <p className="diff-note">The code is the same.</p>}
      </div>
      <div className="split-main">
        <div className="split-bar">
          {against !== undefined && (
            <Segmented
              label="What is compared"
              value={search.environment ? "environment" : "code"}
              onChange={(value) => onSearch({ environment: value === "environment" ? true : undefined })}
              options={[
                { value: "code", label: "Code" },
                { value: "environment", label: "Environment" },
              ]}
            />
          )}
          {!search.environment && path !== undefined && (
            <>
              <span className="split-title">{path}</span>
              <CopyButton text={path} label="Copy the path" />
            </>
          )}
          <span className="split-end">
            {against === undefined && manifest && (
              <span className="split-note">
                {plural(manifest.files.length, "file")},{" "}
                {formatBytes(manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}
              </span>
            )}
            {against !== undefined && !search.environment && (
              <Segmented
                label="How differences are shown"
                value={look}
                onChange={setLook}
                options={[
                  { value: "split", label: "Side by side" },
                  { value: "unified", label: "One column" },
                ]}
              />
            )}
          </span>
        </div>
        <div className="split-content" role="region" aria-label="The chosen file" tabIndex={-1}>
          {search.environment && against !== undefined && other ? (
            <EnvironmentDiff before={other} after={job} />
          ) : path === undefined || isWaiting ? null : changes ? (
            <FileDiff
              before={before?.files.find((file) => file.path === path)}
              after={manifest?.files.find((file) => file.path === path)}
              look={look}
            />
          ) : (
            <FileText file={files.find((file) => file.path === path)!} />
          )}
        </div>
      </div>
    </div>
  );
}

function FileText({ file }: { file: SnapshotFile }) {
  const { data, error } = useQuery(blobTextQuery(file.hash));
  if (error) return <p className="diff-note">{error.message}</p>;
  if (!data) return null;
  if (data.isBinary) return <p className="diff-note">{file.path} is no text.</p>;
  return <TextLines key={file.path} text={data.text} language={languageOf(file.path)} label={file.path} />;
}

function FileDiff({
  before,
  after,
  look,
}: {
  before: SnapshotFile | undefined;
  after: SnapshotFile | undefined;
  look: DiffLook;
}) {
  const old = useQuery({ ...blobTextQuery(before?.hash ?? ""), enabled: before !== undefined });
  const now = useQuery({ ...blobTextQuery(after?.hash ?? ""), enabled: after !== undefined });
  const problem = old.error ?? now.error;
  if (problem) return <p className="diff-note">{problem.message}</p>;
  if ((before && !old.data) || (after && !now.data)) return null;
  if (old.data?.isBinary || now.data?.isBinary)
    return <p className="diff-note">It is no text; its bytes differ.</p>;
  return (
    <DiffView
      before={old.data?.text ?? ""}
      after={now.data?.text ?? ""}
      look={look}
      label={`Differences of ${after?.path ?? before?.path ?? "the file"}`}
    />
  );
}

/** What the command names, else a script, else the first. */
function likeliest(files: readonly SnapshotFile[], { spec }: Job): string | undefined {
  const paths = files.map(({ path }) => path);
  return (
    paths.find((path) => spec.command.source.includes(path)) ??
    paths.find((path) => path.endsWith(".py")) ??
    paths.find((path) => !path.includes("/")) ??
    paths[0]
  );
}
