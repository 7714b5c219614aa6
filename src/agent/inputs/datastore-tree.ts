// A file or a folder of a datastore as a tree in the node's cache: only what is new or has changed is downloaded.
import type { DatastoreRef } from "../../core/job-spec.ts";
import { isSafePath } from "../../core/snapshot.ts";
import { DatastoreFailed } from "../../datastores/datastore-client.ts";
import type { DatastoreClient, DatastoreFile } from "../../datastores/datastore-client.ts";
import { WrongBytes } from "../cache/blob-cache.ts";
import type { CachedBlob, ExpectedBytes } from "../cache/blob-cache.ts";
import type { KnownFile } from "../cache/known-files.ts";
import { explainFullDisk } from "../cache/lay-out-tree.ts";
import type { NodeCache } from "../cache/node-cache.ts";
import { eachOf } from "../cache/snapshot-source.ts";
import { treeOf } from "../cache/tree.ts";
import type { Tree } from "../cache/tree.ts";
import type { InputLimits } from "./input-limits.ts";
import { readPatiently } from "./patient-read.ts";

export interface DatastoreTree {
  tree: Tree;
  /** Set when the source is a single file: its name in the tree. */
  file: string | undefined;
  downloadedFiles: number;
}

const atOnce = 8;

export interface DatastoreFetch {
  source: DatastoreRef;
  client: DatastoreClient;
  cache: NodeCache;
  limits: InputLimits;
}

/** Several who want the same place at the same time get the same. */
export async function fetchDatastoreTree(fetch: DatastoreFetch, signal: AbortSignal): Promise<DatastoreTree> {
  const { source, client, cache } = fetch;
  const place = `datastore ${source.datastore} ${client.addressOf(source.path)}`;
  return cache.once(place, signal, (stop) => fetchPlace(place, fetch, stop));
}

async function fetchPlace(place: string, fetch: DatastoreFetch, signal: AbortSignal): Promise<DatastoreTree> {
  const { source, client, cache } = fetch;
  const { files, file } = await findFiles(source, client, signal);
  const known = await cache.known.recall(place);
  const got = new Map<string, KnownFile>();
  let downloadedFiles = 0;

  async function bring({ at, name }: Found, stop: AbortSignal): Promise<void> {
    const before = known.get(name);
    const isKnown = before?.version === at.version && before.sizeBytes === at.sizeBytes;
    if (isKnown && (await cache.blobs.has(before))) return void got.set(name, before);
    const blob = await fetchFile(at, fetch, stop);
    downloadedFiles += 1;
    got.set(name, { ...blob, version: at.version });
  }

  try {
    await eachOf(
      files.map((found) => (stop) => bring(found, stop)),
      atOnce,
      signal,
    );
  } finally {
    // Also when it broke off: the next try then begins where this one ended.
    if (downloadedFiles > 0) await cache.known.remember(place, new Map([...known, ...got]));
  }
  const tree = treeOf(
    [...got].map(([path, blob]) => ({ path, ...blob })),
    async (missing, stop) => {
      const hashes = new Set(missing.map((one) => one.hash));
      const wanted = files.filter(({ name }) => hashes.has(got.get(name)?.hash ?? ""));
      await eachOf(
        wanted.map(({ at }) => async (both) => {
          await fetchFile(at, fetch, both);
        }),
        atOnce,
        stop,
      );
    },
  );
  return { tree, file, downloadedFiles };
}

interface Found {
  at: DatastoreFile;
  /** In the tree. */
  name: string;
}

async function findFiles(
  { datastore, path }: DatastoreRef,
  client: DatastoreClient,
  signal: AbortSignal,
): Promise<{ files: Found[]; file: string | undefined }> {
  const single = path === "" || path.endsWith("/") ? undefined : await client.stat(path, signal);
  if (single) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { files: [{ at: single, name }], file: name };
  }
  const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  const files: Found[] = [];
  for await (const at of client.list(path, signal)) {
    const name = at.path.slice(prefix.length);
    if (!isSafePath(name)) {
      throw new Error(
        `the datastore ${datastore} has a file named ${JSON.stringify(at.path.slice(0, 200))}, which no folder can hold; rename it`,
      );
    }
    files.push({ at, name });
  }
  if (files.length > 0) return { files, file: undefined };
  const what = path === "" ? "is empty" : `has no file or folder ${path}`;
  throw new DatastoreFailed("not-found", `the datastore ${datastore} ${what}`);
}

async function fetchFile(
  { path, version, sizeBytes }: DatastoreFile,
  { client, cache, limits }: DatastoreFetch,
  signal: AbortSignal,
): Promise<CachedBlob> {
  const expected: ExpectedBytes = { sizeBytes };
  const bytes = readPatiently({
    ...limits,
    signal,
    mayPass: (error) => !(error instanceof DatastoreFailed) || error.fault === "unavailable",
    async open(start, stop) {
      const opened = await client.read(path, { start, version, signal: stop });
      expected.md5 = opened.md5;
      return opened.body;
    },
  });
  try {
    return await cache.blobs.add(bytes, expected);
  } catch (error) {
    if (error instanceof WrongBytes)
      throw new Error(`${path} did not arrive whole: ${error.message}`, { cause: error });
    return explainFullDisk(error);
  }
}
