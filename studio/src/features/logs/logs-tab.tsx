// The logs of a run: the files at the side, and the chosen one as it grows.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { artifactAddress, artifactsQuery } from "../../api/run-queries.ts";
import type { Artifact } from "../../api/run-queries.ts";
import { IconButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Checkbox, TextInput } from "../../ui/field.tsx";
import { formatBytes, plural } from "../../ui/format.ts";
import { useHotkey } from "../../ui/hotkeys.ts";
import { ArrowDownIcon, ArrowUpIcon, DownloadIcon, FileIcon } from "../../ui/icons.tsx";
import { FileTree } from "../artifacts/file-tree.tsx";
import { chooseLog, listLogs } from "./choose-log.ts";
import { LogFile } from "./log-file.ts";
import { LogView } from "./log-view.tsx";
import type { LogViewHandle } from "./log-view.tsx";
import { useLogSearch } from "./use-log-search.ts";

interface LogsTabProps {
  run: string;
  path: string | undefined;
  onPath: (path: string) => void;
}

export function LogsTab({ run, path, onPath }: LogsTabProps) {
  const { data } = useQuery(artifactsQuery(run));
  const logs = useMemo(() => listLogs(data ?? []), [data]);
  const chosen = path ?? chooseLog(logs.map(({ path: one }) => one));
  const artifact = data?.find((one) => one.path === chosen);
  if (data === undefined) return null;
  if (logs.length === 0 || chosen === undefined) {
    return (
      <EmptyState icon={<FileIcon size={28} />} title="No log yet">
        <p>What the job prints stands here from its first line on.</p>
      </EmptyState>
    );
  }
  return (
    <div className="split run-fill">
      <div className="split-side">
        <FileTree
          label="Logs"
          files={logs}
          chosen={chosen}
          onChoose={(file) => onPath(file.path)}
          end={(file) => formatBytes(file.sizeBytes)}
        />
      </div>
      <OneLog key={chosen} run={run} path={chosen} artifact={artifact} />
    </div>
  );
}

function OneLog({ run, path, artifact }: { run: string; path: string; artifact: Artifact | undefined }) {
  const [file, setFile] = useState(() => new LogFile(run, path));
  // Another attempt may go on with a file that was complete.
  const isOpenAgain = artifact?.growing === true && file.state.status === "ready" && !file.state.isGrowing;
  useEffect(() => {
    if (isOpenAgain) setFile(new LogFile(run, path));
  }, [isOpenAgain, run, path]);
  const opened = useRef<LogFile>(null);
  useEffect(() => {
    // In development an effect runs twice; a file that was closed is not opened again.
    const one = opened.current === file ? new LogFile(run, path) : file;
    opened.current = one;
    if (one !== file) setFile(one);
    void one.open();
    return () => one.close();
  }, [file, run, path]);
  const state = useSyncExternalStore(file.subscribe, () => file.state);
  const [isFollowing, setFollowing] = useState(true);
  const [wraps, setWraps] = useState(false);
  const view = useRef<LogViewHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const search = useLogSearch(file, state, (line) => view.current?.show(line));
  useHotkey({ keys: "/", label: "Search in the log", group: "Log" }, () => field.current?.focus());
  useHotkey({ keys: "n", label: "Next hit", group: "Log" }, () => search.step(1), search.wanted !== "");
  useHotkey(
    { keys: "Shift+n", label: "Hit before", group: "Log" },
    () => search.step(-1),
    search.wanted !== "",
  );
  useHotkey({ keys: "w", label: "Wrap long lines", group: "Log" }, () => setWraps(!wraps));
  return (
    <div className="split-main">
      <div className="split-bar">
        <span className="log-search" role="search">
          <TextInput
            ref={field}
            type="search"
            aria-label="Search in this log"
            placeholder="Search   /"
            value={search.text}
            onChange={(event) => search.setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") search.step(event.shiftKey ? -1 : 1);
              if (event.key === "Escape") search.setText("");
            }}
          />
          <IconButton label="Hit before" small disabled={search.total === 0} onClick={() => search.step(-1)}>
            <ArrowUpIcon size={14} />
          </IconButton>
          <IconButton label="Next hit" small disabled={search.total === 0} onClick={() => search.step(1)}>
            <ArrowDownIcon size={14} />
          </IconButton>
          <span className="log-found" role="status">
            {search.described}
          </span>
        </span>
        <span className="split-end">
          <span className="split-note">
            {state.status === "ready" && `${plural(state.lines, "line")}, ${formatBytes(state.sizeBytes)}`}
          </span>
          {state.status === "ready" && state.isGrowing && <span className="log-live">live</span>}
          <label className="log-choice">
            <Checkbox checked={wraps} onChange={(event) => setWraps(event.target.checked)} />
            Wrap
          </label>
          <IconButton
            label="To the last line"
            small
            disabled={isFollowing}
            onClick={() => view.current?.toEnd()}
          >
            <ArrowDownIcon size={14} />
          </IconButton>
          <a
            className="button button-quiet button-small button-icon"
            href={artifactAddress(run, path)}
            download={path.split("/").at(-1)}
            aria-label="Download this log"
            data-tip="Download this log"
            data-tip-side="end"
          >
            <DownloadIcon size={14} />
          </a>
        </span>
      </div>
      {state.status === "failed" ? (
        <p className="log-empty" role="alert">
          {state.problem}
        </p>
      ) : state.status === "ready" && state.lines === 0 ? (
        <p className="log-empty">{state.isGrowing ? "Nothing was printed yet." : "Nothing was printed."}</p>
      ) : (
        <LogView
          ref={view}
          file={file}
          wraps={wraps}
          wanted={search.wanted}
          at={search.line}
          isFollowing={isFollowing}
          onFollowing={setFollowing}
        />
      )}
    </div>
  );
}
