// Files over `mlflow-artifacts:/`: streamed both ways, kept by content, the same rows as a job's own artifacts.
import { findArtifact, linkBlob, listArtifacts, removeArtifacts } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";
import { answerFile } from "../http/serve-file.ts";
import type { FileAnswer } from "../http/serve-file.ts";
import { behind, checkPath, listFolder } from "./artifact-place.ts";
import type { Place } from "./artifact-place.ts";
import { MlflowError, invalid, missing } from "./error.ts";
import { optionalText, runIdOf } from "./fields.ts";
import { modelLocation, modelNamed } from "./logged-models.ts";
import { findRegisteredFile, isRegistered, refuseRegistered } from "./registry-files.ts";
import type { MlflowRoute } from "./route.ts";
import { readingRun, runNamed } from "./runs.ts";
import { runLocation } from "./show-run.ts";

export async function putFile(
  context: ServerContext,
  place: Place,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { store, blobs, growing, clock, nudges } = context;
  if (place.path === "") throw new MlflowError("INVALID_PARAMETER_VALUE", "Invalid path");
  refuseRegistered(place);
  await checkWayIsFree(store.db, place);
  const stored = await blobs.write(body);
  const at = clock.now();
  const old = await store.write(async (tx) => {
    await checkWayIsFree(tx, place);
    const before = await linkBlob(tx, place.owner, { path: place.path, ...stored, at });
    if (place.isRun) await recordEvent(tx, at, place.owner, { kind: "artifact.added", path: place.path });
    return before;
  });
  if (old && old.growingId !== null) await growing.remove(old.growingId);
  nudges.nudge(topics.events);
}

/** A name is a file's or a folder's: whoever downloads a tree could not keep both. */
async function checkWayIsFree(db: Db, { owner, path }: Place): Promise<void> {
  const below = await listArtifacts(db, owner, { prefix: `${path}/`, after: "", limit: 1 });
  if (below.length > 0) throw invalid(`Invalid path: '${path}' is a folder, which holds '${below[0]!.path}'`);
  const parts = path.split("/");
  for (let length = 1; length < parts.length; length++) {
    const folder = parts.slice(0, length).join("/");
    if (await findArtifact(db, owner, folder)) {
      throw invalid(`Invalid path: '${folder}' is a file, not a folder`);
    }
  }
}

export async function deleteFiles({ store, growing }: ServerContext, place: Place): Promise<void> {
  refuseRegistered(place);
  const left = await store.write((tx) => removeArtifacts(tx, place.owner, place.path));
  for (const id of left) await growing.remove(id);
}

export async function readFile(
  context: ServerContext,
  place: Place,
  headers: Headers,
  isHead: boolean,
): Promise<FileAnswer> {
  if (isRegistered(place.owner)) {
    const file = await findRegisteredFile(context, place);
    if (!file) throw missing(`No such artifact: '${place.path}'`);
    return answerFile(context, file, { path: place.path, headers, isHead });
  }
  const { db } = context.store;
  const named = place.path === "" ? undefined : await findArtifact(db, place.owner, place.path);
  const row = named && (await behind(db, place.owner, named));
  if (!row || row.aliasOf !== null) throw missing(`No such artifact: '${place.path}'`);
  return answerFile(context, row, { path: place.path, headers, isHead });
}

export const artifactListRoutes: readonly MlflowRoute[] = [
  {
    methods: ["GET"],
    path: "/artifacts/list",
    reach: readingRun,
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
