// Files over `mlflow-artifacts:/`: streamed both ways, kept by content, the same rows as a job's own artifacts.
import { findArtifact, linkBlob, removeArtifacts } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";
import { behind, checkPath, listFolder } from "./artifact-place.ts";
import type { Place } from "./artifact-place.ts";
import { MlflowError, missing } from "./error.ts";
import { optionalText, runIdOf } from "./fields.ts";
import { modelLocation, modelNamed } from "./logged-models.ts";
import type { MlflowRoute } from "./route.ts";
import { ofRun, runNamed } from "./runs.ts";
import { runLocation } from "./show-run.ts";

export async function putFile(
  context: ServerContext,
  place: Place,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { store, blobs, growing, clock, nudges } = context;
  if (place.path === "") throw new MlflowError("INVALID_PARAMETER_VALUE", "Invalid path");
  const stored = await blobs.write(body);
  const at = clock.now();
  const old = await store.write(async (tx) => {
    const before = await linkBlob(tx, place.owner, { path: place.path, ...stored, at });
    if (place.isRun) await recordEvent(tx, at, place.owner, { kind: "artifact.added", path: place.path });
    return before;
  });
  if (old && old.growingId !== null) await growing.remove(old.growingId);
  nudges.nudge(topics.events);
}

export async function deleteFiles({ store, growing }: ServerContext, place: Place): Promise<void> {
  const left = await store.write((tx) => removeArtifacts(tx, place.owner, place.path));
  for (const id of left) await growing.remove(id);
}

export interface FileAnswer {
  status: 200 | 206;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}

export async function readFile(
  context: ServerContext,
  place: Place,
  range: string | undefined,
): Promise<FileAnswer> {
  const { store, blobs, growing } = context;
  const named = place.path === "" ? undefined : await findArtifact(store.db, place.owner, place.path);
  const row = named && (await behind(store.db, place.owner, named));
  if (!row || row.aliasOf !== null) throw missing(`No such artifact: '${place.path}'`);
  const size = row.growingId === null ? row.sizeBytes : (await growing.size(row.growingId)).sizeBytes;
  const part = partOf(range, size);
  const { start, end } = part ?? { start: 0, end: size };
  const whole = start === 0 && end === size;
  const bytes = () =>
    row.hash === null
      ? growing.read(row.growingId!, start, end)
      : blobs.read(row.hash, whole ? undefined : { start, end });
  return {
    status: part ? 206 : 200,
    headers: {
      ...fileHeaders(place.path),
      "content-length": String(end - start),
      "accept-ranges": "bytes",
      ...(part && { "content-range": `bytes ${start}-${end - 1}/${size}` }),
      ...(row.hash !== null && { etag: `"${row.hash}"` }),
    },
    body: start === end ? nothing() : bytes(),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** One range of bytes; undefined for none, and for what is not understood, which means the whole. */
function partOf(range: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size : Math.min(size, Number(match[2]) + 1);
  return start < end ? { start, end } : undefined;
}

const types: Readonly<Record<string, string>> = {
  txt: "text/plain",
  log: "text/plain",
  md: "text/plain",
  yaml: "text/plain",
  yml: "text/plain",
  MLmodel: "text/plain",
  html: "text/html",
  csv: "text/csv",
  json: "application/json",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  pdf: "application/pdf",
};

function fileHeaders(path: string): Record<string, string> {
  const name = path.split("/").at(-1)!;
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return {
    "content-type": types[name.split(".").at(-1)!] ?? "application/octet-stream",
    "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    "x-content-type-options": "nosniff",
  };
}

export const artifactListRoutes: readonly MlflowRoute[] = [
  {
    methods: ["GET"],
    path: "/artifacts/list",
    reach: ofRun,
    async handle({ context, fields }) {
      const run = await runNamed(context.store.db, runIdOf(fields));
      const files = await listFolder(context, run.id, checkPath(optionalText(fields, "path") ?? ""));
      return { root_uri: runLocation(run), ...(files.length > 0 && { files }) };
    },
  },
  {
    methods: ["GET"],
    path: "/logged-models/:model_id/artifacts/directories",
    reach: (fields) => ({ models: [optionalText(fields, "model_id") ?? ""] }),
    async handle({ context, fields }) {
      const model = await modelNamed(context.store.db, optionalText(fields, "model_id") ?? "");
      const folder = checkPath(optionalText(fields, "artifact_directory_path") ?? "");
      const files = await listFolder(context, model.id, folder);
      return { root_uri: modelLocation(model), ...(files.length > 0 && { files }) };
    },
  },
];
