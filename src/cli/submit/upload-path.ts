// One folder or file of this machine → a snapshot on the server. Only what the server has not got travels.
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { homeLayout } from "../../core/home.ts";
import type { SnapshotRef } from "../../core/job-spec.ts";
import type { SnapshotLimits } from "../../snapshot/limits.ts";
import type { Context } from "../context.ts";
import { formatBytes, formatCount, startProgress } from "../progress.ts";
import type { PatientClient } from "./patient-client.ts";

export interface UploadPathOptions {
  client: PatientClient;
  /** Told the snapshot's id once all is read; throws when it need not be sent. */
  check?: (id: string) => Promise<void>;
  limits: SnapshotLimits;
  /** Sending may begin while files are still being read, before `check` has been asked. */
  early?: boolean;
  /** Says on stderr how much travelled. */
  tell?: boolean;
  signal?: AbortSignal;
}

export const codeLimits = ({ config }: Context): SnapshotLimits => ({
  bytes: config.snapshotBytes.value,
  files: config.snapshotFiles.value,
});

/** As many as a manifest can name and still be sent in one piece. */
export const dataLimits: SnapshotLimits = { bytes: Infinity, files: 1_500_000 };

export async function uploadPath(
  path: string,
  { client, check, limits, early = false, tell = false, signal }: UploadPathOptions,
  context: Context,
): Promise<SnapshotRef> {
  const { config, clock, io } = context;
  const stop = signal && { signal };
  const [{ takeSnapshot }, { uploadSnapshot }, { openBlobStream }, { openLocalFiles }] = await Promise.all([
    import("../../snapshot/take-snapshot.ts"),
    import("../../api/upload-snapshot.ts"),
    import("../../api/blob-stream.ts"),
    import("./local-files.ts"),
  ]);
  const stream = early ? openBlobStream(async () => client, signal) : undefined;
  const local = early && config.url.value === undefined ? openLocalFiles(client, context, signal) : undefined;
  const reading = startProgress(`Reading ${basename(path)}`, { io, clock });
  const taken = await takeSnapshot(path, {
    clock,
    limits,
    cacheFolder: join(config.home.value, homeLayout.cache),
    onProgress: ({ bytes, totalBytes, files, totalFiles }) =>
      reading.update(bytes, totalBytes, { files, totalFiles }),
    ...(stream && { sink: stream }),
    ...(local && { taker: local }),
    ...stop,
  }).finally(() => reading.end());
  for (const warning of taken.warnings) io.note(`warning: ${warning}`);

  await check?.(taken.id);
  const streamed = await stream?.finish();
  const sending = startProgress(`Uploading ${basename(path)}`, { io, clock });
  const stored = await uploadSnapshot(client, taken, {
    onProgress: ({ sentBytes, totalBytes, sentFiles, totalFiles }) =>
      sending.update(sentBytes, totalBytes, { files: sentFiles, totalFiles }),
    ...stop,
  }).finally(() => sending.end());
  if (tell) {
    const parts = [streamed, local?.sent, stored];
    const sentFiles = parts.reduce((sum, part) => sum + (part?.sentFiles ?? 0), 0);
    const sentBytes = parts.reduce((sum, part) => sum + (part?.sentBytes ?? 0), 0);
    const all = `${filesText(taken.manifest.files.length)} (${formatBytes(taken.totalBytes)})`;
    io.note(
      sentFiles === 0
        ? `${all} were on the server already; nothing was sent.`
        : `Uploaded ${formatBytes(sentBytes)}; it holds ${all}.`,
    );
  }
  const isFile = (await stat(path)).isFile();
  return { kind: "snapshot", id: taken.id, ...(isFile && { file: basename(path) }) };
}

const filesText = (files: number): string => `${formatCount(files)} ${files === 1 ? "file" : "files"}`;
