// Brings one file from an http(s) address into the node's cache: whole or not at all, once for all who want it.
import { basename } from "node:path";
import { WrongBytes } from "../cache/blob-cache.ts";
import type { CachedBlob } from "../cache/blob-cache.ts";
import { explainFullDisk } from "../cache/lay-out-tree.ts";
import type { NodeCache } from "../cache/node-cache.ts";
import { treeOf } from "../cache/tree.ts";
import type { Tree } from "../cache/tree.ts";
import { CannotResume, HttpRefused, openHttp, parseHttpUrl } from "./http-source.ts";
import type { HttpAnswer } from "./http-source.ts";
import type { InputLimits } from "./input-limits.ts";
import { readPatiently } from "./patient-read.ts";
import { PrivateAddress } from "./private-addresses.ts";

export interface DownloadedUri {
  tree: Tree;
  /** The file's name in the tree. */
  file: string;
  sizeBytes: number;
  /** The cache had it, and the server said that it is still the same. */
  isUnchanged: boolean;
}

interface Fetched {
  blob: CachedBlob;
  isUnchanged: boolean;
}

/** A file that changes while it is read is begun anew. */
const mostBeginnings = 3;

export async function downloadUri(
  uri: string,
  cache: NodeCache,
  limits: InputLimits,
  signal: AbortSignal,
): Promise<DownloadedUri> {
  const shown = showUri(uri);
  try {
    const url = parseHttpUrl(uri);
    const fetchOnce = (stop: AbortSignal) =>
      cache.once(`uri ${uri}`, stop, (both) => fetchUri(url, cache, limits, both));
    const { blob, isUnchanged } = await fetchOnce(signal);
    const file = fileNameOf(url);
    const tree = treeOf([{ path: file, ...blob }], async (_files, stop) => {
      const again = await fetchOnce(stop);
      if (again.blob.hash !== blob.hash) throw new HttpRefused("it changed while it was used");
    });
    return { tree, file, sizeBytes: blob.sizeBytes, isUnchanged };
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${shown} could not be downloaded: ${why}`, { cause: error });
  }
}

/** Without what may be a password or a signature. */
export function showUri(uri: string): string {
  if (!URL.canParse(uri)) return uri;
  const url = new URL(uri);
  const query = url.search === "" ? "" : "?…";
  return url.host === "" ? uri : `${url.protocol}//${url.host}${url.pathname}${query}`;
}

async function fetchUri(
  url: URL,
  cache: NodeCache,
  limits: InputLimits,
  signal: AbortSignal,
): Promise<Fetched> {
  const place = `uri ${url.href}`;
  const known = (await cache.known.recall(place)).get("");
  const usable = known && (await cache.blobs.has(known)) ? known : undefined;
  for (let beginning = 1; ; beginning++) {
    try {
      const { blob, version } = await fetchWhole(url, cache, limits, usable?.version, signal);
      if (blob === undefined) return { blob: usable!, isUnchanged: true };
      await cache.known.remember(place, new Map([["", { ...blob, version }]]));
      return { blob, isUnchanged: false };
    } catch (error) {
      if (!(error instanceof CannotResume) || beginning === mostBeginnings) throw error;
    }
  }
}

/** `blob` is undefined when the server says that it is still the known version. */
async function fetchWhole(
  url: URL,
  cache: NodeCache,
  limits: InputLimits,
  knownVersion: string | undefined,
  signal: AbortSignal,
): Promise<{ blob: CachedBlob | undefined; version: string }> {
  let first: HttpAnswer | undefined;
  async function open(start: number, stop: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    if (first && start > 0) return resume(first, start, stop);
    first = await openHttp(url, start === 0 ? conditions(knownVersion) : {}, limits, stop);
    if (first.status === 304) return nothing();
    if (first.status !== 200) throw new HttpRefused(`the answer was ${first.status} to a plain request`);
    refuseTooLarge(first.sizeBytes ?? 0, limits);
    return first.body;
  }

  async function resume({ etag, lastModified, sizeBytes }: HttpAnswer, start: number, stop: AbortSignal) {
    // By a weak etag the server may call two files the same that differ in bytes.
    const validator = etag !== undefined && !etag.startsWith("W/") ? etag : lastModified;
    if (validator === undefined) throw new CannotResume("it broke off, and the server cannot go on with it");
    const headers = { range: `bytes=${start}-`, "if-range": validator };
    const answer = await openHttp(url, headers, limits, stop);
    if (answer.status === 206 && answer.sizeBytes === sizeBytes) return answer.body;
    throw new CannotResume("it broke off, and had changed when it was to go on");
  }

  async function* bytes(): AsyncGenerator<Uint8Array> {
    let sizeBytes = 0;
    const mayPass = (error: unknown) =>
      !(error instanceof HttpRefused || error instanceof CannotResume || error instanceof PrivateAddress);
    for await (const chunk of readPatiently({ ...limits, open, mayPass, signal })) {
      sizeBytes += chunk.length;
      refuseTooLarge(sizeBytes, limits);
      yield chunk;
    }
    if (first?.status === 304) throw new NotModified();
    const announced = first?.sizeBytes;
    if (announced !== undefined && announced !== sizeBytes) {
      throw new WrongBytes(`${sizeBytes} bytes came, and ${announced} were announced`);
    }
  }

  try {
    const blob = await cache.blobs.add(bytes()).catch(explainFullDisk);
    return { blob, version: versionOf(first) };
  } catch (error) {
    if (error instanceof NotModified) return { blob: undefined, version: knownVersion ?? "" };
    throw error;
  }
}

class NotModified extends Error {}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** What to ask the next time; empty when the server gave nothing to ask by. */
const versionOf = (answer: HttpAnswer | undefined): string => {
  if (answer?.etag !== undefined) return `etag ${answer.etag}`;
  return answer?.lastModified === undefined ? "" : `modified ${answer.lastModified}`;
};

function conditions(version: string | undefined): Record<string, string> {
  if (version?.startsWith("etag ")) return { "if-none-match": version.slice("etag ".length) };
  if (version?.startsWith("modified ")) return { "if-modified-since": version.slice("modified ".length) };
  return {};
}

function refuseTooLarge(sizeBytes: number, { mostBytes }: InputLimits): void {
  if (mostBytes === undefined || sizeBytes <= mostBytes) return;
  throw new HttpRefused(
    `it has more than ${mostBytes} bytes, which is the most that this agent downloads of one file`,
  );
}

function fileNameOf(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  const name = basename(decoded(last)).replaceAll(/[^\p{L}\p{N}_. ()+=@-]/gu, "_");
  return name === "" || name === "." || name === ".." ? "data" : name.slice(-200);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
