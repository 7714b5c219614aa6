// How a file is given out: whole, in part, or only confirmed; the same for every way that leads to it.
import type { ArtifactRow } from "../../store/artifacts.ts";
import type { ServerContext } from "../context.ts";

export interface FileAnswer {
  status: 200 | 206 | 304 | 416;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}

/** What the request's headers ask for; `path` names the file for its type and for who saves it. */
export async function answerFile(
  { blobs, growing }: Pick<ServerContext, "blobs" | "growing">,
  row: Pick<ArtifactRow, "hash" | "growingId" | "sizeBytes">,
  { path, headers: asked, isHead }: { path: string; headers: Headers; isHead: boolean },
): Promise<FileAnswer> {
  const size = row.growingId === null ? row.sizeBytes : (await growing.size(row.growingId)).sizeBytes;
  // What still grows has no lasting name: it can neither be confirmed nor be continued conditionally.
  const etag = row.hash === null ? undefined : `"${row.hash}"`;
  const headers = { ...describeFile(path), "accept-ranges": "bytes", ...(etag !== undefined && { etag }) };
  if (etag !== undefined && isNamedIn(asked.get("if-none-match"), etag)) {
    return { status: 304, headers, body: nothing() };
  }
  const ifRange = asked.get("if-range");
  const counts = !isHead && (ifRange === null || ifRange.trim() === etag);
  const range = counts ? readRange(asked.get("range"), size) : undefined;
  if (range === "unsatisfiable") {
    return { status: 416, headers: { "content-range": `bytes */${size}` }, body: nothing() };
  }
  const { start, end } = range ?? { start: 0, end: size };
  const whole = start === 0 && end === size;
  const bytes = () =>
    row.hash === null
      ? growing.read(row.growingId!, start, end)
      : blobs.read(row.hash, whole ? undefined : { start, end });
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      "content-length": String(end - start),
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${size}` }),
    },
    body: isHead || start === end ? nothing() : bytes(),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

const isNamedIn = (list: string | null, etag: string): boolean =>
  list !== null &&
  list.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);

/** One range of bytes. Several at once, and what is not understood, mean the whole file, as the standard allows. */
export function readRange(
  header: string | null,
  size: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") {
    const length = Math.min(size, Number(match[2]));
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size };
  }
  const start = Number(match[1]);
  const last = match[2] === "" ? Number.POSITIVE_INFINITY : Number(match[2]);
  if (last < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, end: Math.min(size, last + 1) };
}

const typesByEnding: Readonly<Record<string, string>> = {
  txt: "text/plain",
  log: "text/plain",
  md: "text/plain",
  rst: "text/plain",
  yaml: "text/plain",
  yml: "text/plain",
  toml: "text/plain",
  ini: "text/plain",
  cfg: "text/plain",
  conf: "text/plain",
  py: "text/plain",
  sh: "text/plain",
  mlmodel: "text/plain",
  mlproject: "text/plain",
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  js: "text/javascript",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  xml: "application/xml",
  json: "application/json",
  ipynb: "application/json",
  pdf: "application/pdf",
  zip: "application/zip",
  gz: "application/gzip",
  tar: "application/x-tar",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  webp: "image/webp",
  bmp: "image/bmp",
  tif: "image/tiff",
  tiff: "image/tiff",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  mp4: "video/mp4",
  webm: "video/webm",
};

/** Whoever made a file must not speak in the name of this server: it is saved, never run as a page of ours. */
function describeFile(path: string): Record<string, string> {
  const name = path.split("/").at(-1)!;
  const ending = name.split(".").at(-1)!.toLowerCase();
  const type = Object.hasOwn(typesByEnding, ending) ? typesByEnding[ending]! : "application/octet-stream";
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return {
    "content-type": type.startsWith("text/") ? `${type}; charset=utf-8` : type,
    "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
  };
}
