// Downloads one file over http(s): whole or not at all, and never waiting for ever.
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { get as httpGet } from "node:http";
import type { IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";

const silenceMs = 60_000;
const mostRedirects = 5;

export async function downloadUri(
  uri: string,
  folder: string,
  signal: AbortSignal,
): Promise<{ path: string; sizeBytes: number }> {
  const url = parseUrl(uri);
  const path = join(folder, fileNameOf(url));
  const temporary = `${path}.part`;
  try {
    const answer = await open(url, signal, mostRedirects);
    await pipeline(answer, createWriteStream(temporary), { signal });
    const { size } = await stat(temporary);
    const announced = answer.headers["content-length"];
    if (announced !== undefined && Number(announced) !== size) {
      throw new Error(`${uri} announced ${announced} bytes and sent ${size}`);
    }
    await rename(temporary, path);
    return { path, sizeBytes: size };
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(
      `${uri} could not be downloaded: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

function parseUrl(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new Error(`${uri} is not an http or https address, and this version downloads from no other`);
}

function fileNameOf(url: URL): string {
  const name = basename(decodeURIComponent(url.pathname)).replaceAll(/[^\p{L}\p{N}_. ()+=@-]/gu, "_");
  return name === "" || name === "." || name === ".." ? "data" : name;
}

async function open(url: URL, signal: AbortSignal, redirects: number): Promise<IncomingMessage> {
  const get = url.protocol === "https:" ? httpsGet : httpGet;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { signal }, resolve);
    request.setTimeout(silenceMs, () =>
      request.destroy(new Error(`nothing arrived for ${silenceMs / 1000} seconds`)),
    );
    request.on("error", reject);
  });
  const status = answer.statusCode ?? 0;
  const location = answer.headers.location;
  if (status >= 300 && status < 400 && location !== undefined) {
    answer.resume();
    if (redirects === 0) throw new Error(`it redirects more than ${mostRedirects} times`);
    return open(parseUrl(new URL(location, url).href), signal, redirects - 1);
  }
  if (status !== 200) {
    answer.resume();
    throw new Error(`the answer was ${status} ${answer.statusMessage ?? ""}`.trimEnd());
  }
  return answer;
}
