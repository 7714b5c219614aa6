// One folder or file of this machine → a snapshot on the server. Only what the server has not got travels.
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Client } from "../../api/client.ts";
import { homeLayout } from "../../core/home.ts";
import type { SnapshotRef } from "../../core/job-spec.ts";
import type { SnapshotLimits } from "../../snapshot/limits.ts";
import type { Context } from "../context.ts";
import { formatBytes, startProgress } from "../progress.ts";

export interface UploadPathOptions {
  /** Asked for once the files are read, just before anything is sent. `id` is the snapshot's. */
  client: (id: string) => Promise<Client>;
  limits: SnapshotLimits;
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
  { client, limits, tell = false, signal }: UploadPathOptions,
  context: Context,
): Promise<SnapshotRef> {
  const { config, clock, io } = context;
  const stop = signal && { signal };
  const [{ takeSnapshot }, { uploadSnapshot }] = await Promise.all([
    import("../../snapshot/take-snapshot.ts"),
    import("../../api/upload-snapshot.ts"),
  ]);
  const reading = startProgress(`Reading ${basename(path)}`, { io, clock });
  const taken = await takeSnapshot(path, {
    clock,
    limits,
    cacheFolder: join(config.home.value, homeLayout.cache),
    onProgress: ({ bytes, totalBytes }) => reading.update(bytes, totalBytes),
    ...stop,
  }).finally(() => reading.end());
  for (const warning of taken.warnings) io.note(`warning: ${warning}`);

  const sending = startProgress(`Uploading ${basename(path)}`, { io, clock });
  const sent = await uploadSnapshot(await client(taken.id), taken, {
    onProgress: ({ sentBytes, totalBytes }) => sending.update(sentBytes, totalBytes),
    ...stop,
  }).finally(() => sending.end());
  if (tell) {
    const all = `${count(taken.manifest.files.length)} (${formatBytes(taken.totalBytes)})`;
    io.note(
      sent.sentFiles === 0
        ? `${all} were on the server already; nothing was sent.`
        : `Uploaded ${formatBytes(sent.sentBytes)}; it holds ${all}.`,
    );
  }
  const isFile = (await stat(path)).isFile();
  return { kind: "snapshot", id: taken.id, ...(isFile && { file: basename(path) }) };
}

const count = (files: number): string => `${files.toLocaleString("en-US")} ${files === 1 ? "file" : "files"}`;
