// The tree of a snapshot → files below a folder. What is complete here is not fetched again.
import { createHash } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotFile, SnapshotManifest } from "../../core/snapshot.ts";
import { isOutage } from "../connect/link.ts";
import type { Link } from "../connect/link.ts";
import { CommandFailed } from "../fail.ts";
import { hasBytes, refuseLinks, writeWhole } from "./write-whole.ts";

export interface FetchSnapshotOptions {
  link: Link;
  signal: AbortSignal;
  onBytes: (count: number) => void;
}

const atOnce = 8;
const mostTries = 5;

/** Resolves with how many files were complete here already, also when the signal aborts in the middle. */
export async function fetchSnapshot(
  manifest: SnapshotManifest,
  folder: string,
  options: FetchSnapshotOptions,
): Promise<{ known: number }> {
  let known = 0;
  const waiting = [...manifest.files];
  const work = async () => {
    for (let next = waiting.shift(); next && !options.signal.aborted; next = waiting.shift()) {
      if (await fetchFile(next, folder, options)) known += 1;
    }
  };
  await mkdir(folder, { recursive: true });
  for (const path of manifest.emptyDirectories) {
    await refuseLinks(folder, `${path}/`);
    await mkdir(join(folder, path), { recursive: true });
  }
  const results = await Promise.allSettled(
    Array.from({ length: atOnce }, () =>
      work().catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      }),
    ),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed && !options.signal.aborted) throw failed.reason;
  return { known };
}

/** Whether it was here already. */
async function fetchFile(
  file: SnapshotFile,
  folder: string,
  options: FetchSnapshotOptions,
): Promise<boolean> {
  const target = join(folder, file.path);
  await refuseLinks(folder, file.path);
  if (await hasBytes(target, file.sizeBytes, file.hash)) {
    options.onBytes(file.sizeBytes);
    return true;
  }
  for (let tries = 1; ; tries++) {
    let received = 0;
    try {
      await writeWhole(target, async (part, path) => {
        const hash = createHash("sha256");
        const body = await options.link.use(
          (client, call) => client.getBlob({ params: { hash: file.hash } }, call),
          options.signal,
        );
        for await (const bytes of body) {
          hash.update(bytes);
          await part.writeFile(bytes);
          received += bytes.length;
          options.onBytes(bytes.length);
        }
        if (hash.digest("hex") !== file.hash) {
          throw new CommandFailed(`${file.path} arrived damaged`, { hint: "Run the download again." });
        }
        if (file.executable) await chmod(path, 0o755);
      });
      return false;
    } catch (error) {
      if (options.signal.aborted || !isOutage(error) || tries === mostTries) throw error;
      options.onBytes(-received);
    }
  }
}
