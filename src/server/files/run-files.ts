// The files that a run has kept below a path, found for whoever refers to them.
import { isFinal } from "../../core/job.ts";
import type { JobState } from "../../core/job.ts";
import type { DataType, RunPathRef } from "../../core/job-spec.ts";
import { nearestName } from "../../core/names.ts";
import { Refused } from "../../core/refused.ts";
import { isSafePath } from "../../core/snapshot.ts";
import { findArtifact, listArtifacts } from "../../store/artifacts.ts";
import type { ArtifactRow } from "../../store/artifacts.ts";
import { findRun } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";

export interface RunFile {
  /** In the snapshot that is made of them. */
  path: string;
  /** Where the bytes are; never an alias. */
  artifact: ArtifactRow;
}

export interface RunFiles {
  files: RunFile[];
  /** The path is a file's, not a folder's. */
  isSingle: boolean;
}

/** A file output is kept as a folder that holds the file: who wants a file gets that. */
export const filesFor = (type: DataType | undefined, found: RunFiles): RunFiles =>
  type === "uri_file" && found.files.length === 1 ? { ...found, isSingle: true } : found;

const pageSize = 10_000;
const mostFiles = 1_000_000;
const shownNames = 8;

/** An artifact of exactly this name, or all below the folder. Refuses what is not there or still grows. */
export async function findRunFiles(db: Db, reference: RunPathRef): Promise<RunFiles> {
  const run = await findRun(db, reference.run);
  if (!run) {
    throw new Refused(
      "not-found",
      `there is no run named ${reference.run}`,
      "trainyard job list shows the latest ones",
    );
  }
  const path = reference.path.replace(/\/+$/, "");
  if (!isSafePath(path)) {
    throw new Refused(
      "invalid",
      `${JSON.stringify(reference.path)} is no path of a run's file`,
      "write a relative path with / between its parts and no . or .. part",
    );
  }
  const single = await findArtifact(db, run.id, path);
  const rows = single ? [single] : await allBelow(db, run.id, `${path}/`);
  if (rows.length === 0) throw await noSuchPath(db, run.id, path);
  const mayGrow = !isFinal(run.state as JobState);
  const files: RunFile[] = [];
  for (const row of rows) {
    const artifact = row.aliasOf === null ? row : await findArtifact(db, run.id, row.aliasOf);
    if (!artifact) continue;
    if (artifact.growing && mayGrow) {
      throw new Refused(
        "wrong-state",
        `${row.path} of run ${run.id} still grows`,
        "refer to it when the run has ended",
      );
    }
    files.push({ path: single ? path.split("/").at(-1)! : row.path.slice(path.length + 1), artifact });
  }
  return { files, isSingle: single !== undefined };
}

async function allBelow(db: Db, run: string, prefix: string): Promise<ArtifactRow[]> {
  const rows: ArtifactRow[] = [];
  for (let after = ""; ; after = rows.at(-1)!.path) {
    const page = await listArtifacts(db, run, { prefix, after, limit: pageSize });
    rows.push(...page);
    if (page.length < pageSize) return rows;
    if (rows.length >= mostFiles) {
      throw new Refused("too-large", `${prefix} of run ${run} holds more than ${mostFiles} files`);
    }
  }
}

async function noSuchPath(db: Db, run: string, path: string): Promise<Refused> {
  const known = (await listArtifacts(db, run, { prefix: "", after: "", limit: pageSize })).map(
    (row) => row.path,
  );
  const nearest = nearestName(path, new Set(known.flatMap(pathAndFolders)));
  const closest = known
    .map((name) => ({ name, shared: sharedLength(name, path) }))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, shownNames)
    .map(({ name }) => name);
  return new Refused(
    "not-found",
    `run ${run} has kept nothing at ${path}${nearest ? `. Did you mean ${nearest}?` : ""}`,
    known.length === 0
      ? "it has kept no file at all"
      : `it has ${closest.join(", ")}${known.length > shownNames ? " and others" : ""}`,
  );
}

const pathAndFolders = (path: string): string[] =>
  path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
