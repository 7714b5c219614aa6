// Makes a snapshot of files that a run has kept, as they are now. Only names are written: the bytes are there.
import type { SnapshotRef } from "../../core/job-spec.ts";
import type { SnapshotFile } from "../../core/snapshot.ts";
import type { ArtifactRow } from "../../store/artifacts.ts";
import type { ServerContext } from "../context.ts";
import { sizeOf } from "./growing.ts";
import type { RunFiles } from "./run-files.ts";
import { storeSnapshot } from "./store-snapshot.ts";

export type SnapshotContext = Pick<ServerContext, "store" | "blobs" | "growing" | "clock">;

export async function snapshotRunFiles(
  context: SnapshotContext,
  { files, isSingle }: RunFiles,
): Promise<SnapshotRef> {
  const listed: SnapshotFile[] = [];
  for (const { path, artifact } of files) {
    listed.push({ path, ...(await blobOf(context, artifact)), executable: false });
  }
  listed.sort((a, b) => (a.path < b.path ? -1 : 1));
  const { id, missing } = await storeSnapshot(context, { version: 1, files: listed, emptyDirectories: [] });
  if (missing.length > 0) throw new Error(`${missing.length} blobs of a run's files are gone: ${missing[0]}`);
  return { kind: "snapshot", id, ...(isSingle && { file: listed[0]!.path }) };
}

/** A log that is complete has no hash yet: its bytes are kept a second time, by content. */
async function blobOf(
  context: SnapshotContext,
  artifact: ArtifactRow,
): Promise<{ hash: string; sizeBytes: number }> {
  if (artifact.hash !== null) return { hash: artifact.hash, sizeBytes: artifact.sizeBytes };
  const { blobs, growing } = context;
  return blobs.write(growing.read(artifact.growingId!, 0, await sizeOf(context, artifact)));
}
