// Brings the outputs that earlier attempts of the run have left back onto disk, so that checkpoints survive a retry.
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Artifact } from "../../api/artifacts.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { NodeFolder } from "../attempt/attempt-folder.ts";

/** Every node gets all of them, as it would find a folder that they share. */
export async function restoreOutputs(
  attempt: Attempt,
  nodes: readonly NodeFolder[],
  signal: AbortSignal,
): Promise<void> {
  const places = [
    { prefix: "outputs/", folderOf: (node: NodeFolder) => join(node.work, "outputs") },
    { prefix: "named-outputs/", folderOf: (node: NodeFolder) => node.namedOutputs },
  ];
  let files = 0;
  let sizeBytes = 0;
  for (const { prefix, folderOf } of places) {
    for (const artifact of await listArtifacts(attempt, prefix, signal)) {
      for (const node of nodes) {
        await download(attempt, artifact, join(folderOf(node), artifact.path.slice(prefix.length)), signal);
      }
      files++;
      sizeBytes += artifact.sizeBytes;
    }
  }
  attempt.logs.write(
    "job-prep",
    `restored ${files} files, ${sizeBytes} bytes, of the attempts before this one`,
  );
}

async function listArtifacts(
  { call, order }: Attempt,
  prefix: string,
  signal: AbortSignal,
): Promise<Artifact[]> {
  const found: Artifact[] = [];
  let after: string | null = "";
  while (after !== null) {
    const query: { prefix: string; after: string } = { prefix, after };
    const answer: { artifacts: Artifact[]; next: string | null } = await call(
      (client, options) => client.listArtifacts({ params: { run: order.run }, query }, options),
      { signal },
    );
    found.push(...answer.artifacts.filter(({ aliasOf }) => aliasOf === null));
    after = answer.next;
  }
  return found;
}

async function download(
  { call, order }: Attempt,
  { path }: Artifact,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await call(
    async (client, options, moved) => {
      const body = await client.readArtifact({ params: { run: order.run }, query: { path } }, options);
      const counted = async function* (bytes: AsyncIterable<Uint8Array>) {
        for await (const chunk of bytes) {
          moved();
          yield chunk;
        }
      };
      await pipeline(body, counted, createWriteStream(target));
    },
    { signal },
  );
}
