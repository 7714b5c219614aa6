// Which of a job's files a download takes, and where each goes below the download folder.
import { isSafePath } from "../../core/snapshot.ts";
import type { Artifact } from "../../api/artifacts.ts";

export interface ChosenFile {
  artifact: Artifact;
  /** Relative to the download folder. */
  target: string;
}

export interface Choice {
  job: string;
  dialect: "A" | "B" | "C";
  /** `--outputs` or `--all`: everything. */
  all: boolean;
  /** `--output-name`: one named output. */
  outputName?: string | undefined;
}

const logFolders = ["azureml-logs/", "user_logs/", "system_logs/", "logs/"];
const namedFolder = "named-outputs/";

/** Dialect A: a folder named after the job. B and C: `artifacts/` and `named-outputs/`. */
export function chooseFiles(artifacts: readonly Artifact[], choice: Choice): ChosenFile[] {
  return artifacts
    .filter(({ path }) => isSafePath(path) && isWanted(path, choice))
    .map((artifact) => ({ artifact, target: targetOf(artifact.path, choice) }));
}

function isWanted(path: string, { dialect, all, outputName }: Choice): boolean {
  if (outputName !== undefined) {
    const folder = outputName === "default" ? undefined : `${namedFolder}${outputName}`;
    return folder === undefined
      ? !path.startsWith(namedFolder)
      : path === folder || path.startsWith(`${folder}/`);
  }
  if (all) return true;
  return dialect === "A"
    ? logFolders.some((folder) => path.startsWith(folder))
    : !path.startsWith(namedFolder);
}

function targetOf(path: string, { job, dialect }: Choice): string {
  if (dialect === "A") return `${job}/${path}`;
  return path.startsWith(namedFolder) ? path : `artifacts/${path}`;
}

/** The names that `--output-name` could have meant. */
export function outputNames(artifacts: readonly Artifact[]): string[] {
  const names = artifacts
    .filter(({ path }) => path.startsWith(namedFolder))
    .map(({ path }) => path.slice(namedFolder.length).split("/")[0] ?? "");
  return ["default", ...new Set(names)];
}
