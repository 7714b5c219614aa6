// Assets and datastores for tests: a tree in the server's store, a version that holds it, a run that is over.
import { createHash } from "node:crypto";
import type { AssetBody } from "../../src/api/assets.ts";
import { asWireSpec } from "../../src/api/job-spec.ts";
import type { JobSpec, SnapshotRef } from "../../src/core/job-spec.ts";
import { Refused } from "../../src/core/refused.ts";
import type { SnapshotManifest } from "../../src/core/snapshot.ts";
import type { FakeAgent } from "./fake-agent.ts";
import { aSpec } from "./specs.ts";
import type { TestServer } from "./test-server.ts";
import { untilState } from "./until-state.ts";

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export const refusedWith = (code: string, words?: RegExp) => (error: unknown) =>
  error instanceof Refused &&
  error.code === code &&
  (words === undefined || words.test(`${error.message} | ${error.hint}`));

export const manifestOf = (files: Record<string, string>): SnapshotManifest => ({
  version: 1,
  files: Object.entries(files)
    .map(([path, text]) => ({
      path,
      hash: hashOf(text),
      sizeBytes: Buffer.byteLength(text),
      executable: false,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1)),
  emptyDirectories: [],
});

/** Stores these texts as a snapshot. */
export async function storeTree(
  server: Pick<TestServer, "client">,
  files: Record<string, string>,
): Promise<SnapshotRef> {
  for (const body of Object.values(files)) {
    await server.client.putBlob({ params: { hash: hashOf(body) }, body });
  }
  const { id } = await server.client.putSnapshot({ body: manifestOf(files) });
  return { kind: "snapshot", id };
}

export const readTree = async (server: TestServer, id: string): Promise<Record<string, string>> => {
  const manifest: SnapshotManifest = await server.client.getSnapshot({ params: { snapshot: id } });
  return Object.fromEntries(manifest.files.map((file) => [file.path, file.hash]));
};

/** Registers data that holds a tree of one file with this text. */
export async function addData(
  server: TestServer,
  name: string,
  text: string,
  version?: string,
): Promise<AssetBody & { source: SnapshotRef }> {
  const source = await storeTree(server, { "data.txt": text });
  const asset = await server.client.createAsset({
    params: { kind: "data" },
    body: { name, version, content: { kind: "data", type: "uri_folder", source } },
  });
  return { ...asset, source };
}

export const submit = (server: Pick<TestServer, "client">, name: string, changes: Partial<JobSpec> = {}) =>
  server.client.createJob({ body: { spec: asWireSpec(aSpec({ name, ...changes })) } });

/** Submits a job that keeps these files and succeeds. */
export async function runJob(
  server: TestServer,
  agent: FakeAgent,
  name: string,
  files: Record<string, string>,
  changes: Partial<JobSpec> = {},
): Promise<void> {
  await submit(server, name, changes);
  const { attempt } = await agent.orderFor(name);
  for (const [path, body] of Object.entries(files)) {
    await server.client.putArtifact({ params: { run: name }, query: { path }, body });
  }
  await agent.end(attempt, "succeeded");
  await untilState(server.client, name, "Completed");
}
