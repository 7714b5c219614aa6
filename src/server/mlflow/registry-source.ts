// What a model version is made from: `runs:/…`, `models:/…`, `mlflow-artifacts:/…`, or an address elsewhere.
import type { AssetContent, StoredSource } from "../../core/asset.ts";
import type { SnapshotFile } from "../../core/snapshot.ts";
import { isSafePath } from "../../core/snapshot.ts";
import { Refused } from "../../core/refused.ts";
import { parseReference } from "../../spec/text/reference.ts";
import { findArtifact, listArtifacts } from "../../store/artifacts.ts";
import type { ArtifactRow } from "../../store/artifacts.ts";
import { findAsset, findLabeled } from "../../store/assets.ts";
import { findLoggedModel } from "../../store/logged-models.ts";
import { findModelOfRun } from "../../store/registry-versions.ts";
import { findRun } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import type { RunFile, RunFiles } from "../files/run-files.ts";
import { snapshotRunFiles } from "../files/run-snapshot.ts";
import { readManifest } from "../files/read-manifest.ts";
import { placeOf } from "./artifact-place.ts";
import { invalid, missing } from "./error.ts";
import { isRegistered, versionAt } from "./registry-files.ts";
import type { Subject } from "./route.ts";

/** Whose files a source names; `elsewhere` also for what is not here (yet). */
export type SourcePlace =
  | { kind: "run" | "model"; owner: string; path: string }
  | { kind: "version"; name: string; version: string; content: AssetContent }
  | { kind: "elsewhere" };

/** Refuses what could lead to a file of this server's own, however often it is encoded. */
export function checkSource(source: string): string {
  let text = source.trim();
  for (let again = decodedOnce(text); again !== text; again = decodedOnce(text)) text = again;
  if (/^file:/i.test(text.trim()) || !/^[a-z][a-z0-9+.-]+:/i.test(text.trim())) {
    throw invalid(
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id. Runs keep no files in local folders here: give runs:/<run>/<path>, models:/<id>, or the run's artifact_uri`,
    );
  }
  if (text.includes("\0") || text.split(/[/\\?#]/).some((part) => part === ".." || part === ".")) {
    throw invalid(
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    );
  }
  return source.trim();
}

function decodedOnce(text: string): string {
  // As the original does: a wrong % stays, the others are decoded.
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

export async function findSource(db: Db, source: string): Promise<SourcePlace> {
  const run = /^runs:\/+([^/]+)\/+(.*)$/i.exec(source);
  if (run) return ofRun(db, run[1]!, tidy(run[2]!));
  const model = /^models:\/+(m-[0-9a-f]{32})(?:\/+(.*))?$/i.exec(source);
  if (model) return { kind: "model", owner: model[1]!, path: tidy(model[2] ?? "") };
  const version = /^models:\/+([^/@]+)(?:\/+([^/]+)|@([^/]+))\/*$/i.exec(source);
  if (version) return ofVersion(db, version[1]!, version[2], version[3]);
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/i.exec(source);
  if (!proxied) return { kind: "elsewhere" };
  const path = tidy(proxied[1]!);
  if (!isSafePath(path)) return { kind: "elsewhere" };
  const place = await placeOf(db, path);
  if (place.owner === "") return { kind: "elsewhere" };
  if (isRegistered(place.owner)) {
    const of = await versionAt(db, place.owner);
    return of && place.path === "" ? { kind: "version", ...of } : { kind: "elsewhere" };
  }
  return { kind: place.isRun ? "run" : "model", owner: place.owner, path: place.path };
}

const tidy = (path: string): string => path.replace(/\/{2,}/g, "/").replace(/^\/|\/$/g, "");

/** MLflow 3 keeps what `log_model` logs apart from the run's files, and finds it by its name. */
async function ofRun(db: Db, run: string, path: string): Promise<SourcePlace> {
  const asRun = { kind: "run", owner: run, path } as const;
  if (!(await findRun(db, run))) return { kind: "elsewhere" };
  const [name = "", ...rest] = path.split("/");
  if (name === "" || (await findFiles(db, asRun))) return asRun;
  const model = await findModelOfRun(db, run, name);
  return model === undefined ? asRun : { kind: "model", owner: model, path: rest.join("/") };
}

async function ofVersion(
  db: Db,
  name: string,
  version: string | undefined,
  alias: string | undefined,
): Promise<SourcePlace> {
  const found =
    version === undefined
      ? await findLabeled(db, "model", name, alias!)
      : await findAsset(db, { kind: "model", name, version });
  if (!found) throw missing(`Model Version (name=${name}, version=${version ?? alias!}) not found`);
  return { kind: "version", name, version: found.version, content: found.content };
}

/** What a job has to own to register it. */
export const subjectOf = (place: SourcePlace): Subject =>
  place.kind === "run" ? { runs: [place.owner] } : place.kind === "model" ? { models: [place.owner] } : {};

const pageSize = 10_000;

async function allBelow(db: Db, owner: string, prefix: string): Promise<ArtifactRow[]> {
  const rows: ArtifactRow[] = [];
  for (let after = ""; ; after = rows.at(-1)!.path) {
    const page = await listArtifacts(db, owner, { prefix, after, limit: pageSize });
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
}

/** The files there are now; undefined when there are none. */
export async function findFiles(
  db: Db,
  { owner, path }: { owner: string; path: string },
): Promise<RunFiles | undefined> {
  const single = path === "" ? undefined : await findArtifact(db, owner, path);
  const prefix = path === "" ? "" : `${path}/`;
  const rows = single ? [single] : await allBelow(db, owner, prefix);
  const files: RunFile[] = [];
  for (const row of rows) {
    const artifact = row.aliasOf === null ? row : await findArtifact(db, owner, row.aliasOf);
    if (!artifact) continue;
    if (artifact.growing) {
      throw new Refused("wrong-state", `${row.path} of ${owner} still grows`, "register it when it is whole");
    }
    files.push({ path: single ? path.split("/").at(-1)! : row.path.slice(prefix.length), artifact });
  }
  return files.length === 0 ? undefined : { files, isSingle: single !== undefined };
}

export interface SettledModel {
  content: Extract<AssetContent, { kind: "model" }>;
  /** Why there are no files yet. */
  statusMessage: string | null;
}

/** Holds the files as they are now. An address elsewhere, and files that are not there yet, stay an address. */
export async function settleSource(
  context: ServerContext,
  source: string,
  place: SourcePlace,
): Promise<SettledModel> {
  if (place.kind === "version" && place.content.kind === "model") {
    return { content: place.content, statusMessage: null };
  }
  if (place.kind === "run" || place.kind === "model") {
    const { db } = context.store;
    if (place.kind === "model" && !(await findLoggedModel(db, place.owner))) {
      throw missing(`Logged model with ID '${place.owner}' not found.`);
    }
    const found = await findFiles(db, place);
    if (found) {
      const isMlflow = found.files.some(({ path }) => path === "MLmodel");
      const snapshot = await snapshotRunFiles(context, found);
      const type = isMlflow ? "mlflow_model" : "custom_model";
      return { content: { kind: "model", type, source: snapshot }, statusMessage: null };
    }
  }
  const reference = parseReference(source);
  const elsewhere: StoredSource =
    "kind" in reference && reference.kind === "datastore" ? reference : { kind: "uri", uri: source };
  const isOurs = place.kind !== "elsewhere";
  return {
    content: { kind: "model", type: "mlflow_model", source: elsewhere },
    statusMessage: isOurs ? `there was no file at ${source} when this was registered` : null,
  };
}

/** Whether these files are still what the snapshot holds. */
export async function isUnchanged(
  context: ServerContext,
  place: { owner: string; path: string },
  snapshot: string,
): Promise<boolean> {
  const found = await findFiles(context.store.db, place);
  const manifest = await readManifest(context.blobs, snapshot);
  if (!found || found.files.length !== manifest.files.length) return false;
  const held = new Map(manifest.files.map((file: SnapshotFile) => [file.path, file.hash]));
  return found.files.every(({ path, artifact }) => held.get(path) === artifact.hash);
}
