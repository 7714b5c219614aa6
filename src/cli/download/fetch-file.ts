// One artifact → one file, whole or not at all. A file that has these bytes already is left as it is.
import { createHash } from "node:crypto";
import { stat, utimes } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Artifact } from "../../api/artifacts.ts";
import { isOutage } from "../connect/link.ts";
import type { Link } from "../connect/link.ts";
import { CommandFailed } from "../fail.ts";
import { hasBytes, writeWhole } from "./write-whole.ts";

export interface FetchOptions {
  run: string;
  link: Link;
  signal: AbortSignal;
  onBytes: (count: number) => void;
}

export type Fetched = "new" | "known";

export async function fetchFile(artifact: Artifact, target: string, options: FetchOptions): Promise<Fetched> {
  if (await hasSameBytes(target, artifact)) {
    options.onBytes(artifact.sizeBytes);
    return "known";
  }
  await writeWhole(target, async (file, part) => {
    const hash = await writeAll(artifact, file, options);
    if (artifact.hash !== null && hash !== artifact.hash) {
      throw new CommandFailed(`${artifact.path} arrived damaged`, { hint: "Run the download again." });
    }
    // Logs have no hash: their time tells a later download that this is the whole file.
    await utimes(part, artifact.createdAt / 1000, artifact.createdAt / 1000);
  });
  return "new";
}

/** Goes on from where it was when the server goes away in the middle. */
async function writeAll(artifact: Artifact, file: FileHandle, options: FetchOptions): Promise<string> {
  const { run, link, signal, onBytes } = options;
  const hash = createHash("sha256");
  let offset = 0;
  for (;;) {
    const start = offset;
    try {
      const body = await link.use(
        (client, call) =>
          client.readArtifact(
            { params: { run }, query: { path: artifact.path, start, end: artifact.sizeBytes } },
            call,
          ),
        signal,
      );
      for await (const bytes of body) {
        hash.update(bytes);
        await file.writeFile(bytes);
        offset += bytes.length;
        onBytes(bytes.length);
      }
    } catch (error) {
      if (signal.aborted || !isOutage(error)) throw error;
    }
    if (offset >= artifact.sizeBytes) return hash.digest("hex");
    if (offset === start && artifact.sizeBytes > 0) {
      throw new CommandFailed(`${artifact.path} ended after ${offset} of ${artifact.sizeBytes} bytes`, {
        hint: "Run the download again: what is complete is not fetched twice.",
      });
    }
  }
}

async function hasSameBytes(target: string, artifact: Artifact): Promise<boolean> {
  if (artifact.hash !== null) return hasBytes(target, artifact.sizeBytes, artifact.hash);
  const known = await stat(target).catch(() => undefined);
  if (!known?.isFile() || known.size !== artifact.sizeBytes) return false;
  return Math.abs(known.mtimeMs - artifact.createdAt) < 2;
}
