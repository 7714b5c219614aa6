// One file over http(s): opens it at a byte, follows redirects, and checks each host on the way.
import { get as httpGet } from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import { get as httpsGet } from "node:https";
import type { LookupFunction } from "node:net";
import { lookupPublicOnly, refusePrivateHost } from "./private-addresses.ts";

export interface HttpLimits {
  /** Refuse to fetch from this machine and from private networks. */
  forbidPrivateAddresses: boolean;
  /** How names are looked up. Default: by the system, and checked when private addresses are forbidden. */
  lookup?: LookupFunction;
}

export interface HttpAnswer {
  status: number;
  etag: string | undefined;
  lastModified: string | undefined;
  /** Of the whole file; undefined when the server does not say. */
  sizeBytes: number | undefined;
  body: AsyncIterable<Uint8Array>;
}

/** What the server said and what cannot be gone on with: trying again changes nothing. */
export class HttpRefused extends Error {}

/** It was to go on from the middle, and the file is another by now, or the server cannot. */
export class CannotResume extends Error {}

const mostRedirects = 5;
/** When the connection has ended: with what was wrong after the answer, if anything was. */
type Ended = Promise<Error | undefined>;

/** Answers that may be others in a moment. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

export async function openHttp(
  url: URL,
  headers: Record<string, string>,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const { answer, ended } = await request(at, headers, limits, signal);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      return readAnswer(answer, status, ended);
    }
    answer.destroy();
    if (redirects === mostRedirects) throw new HttpRefused(`it redirects more than ${mostRedirects} times`);
    const next = parseHttpUrl(new URL(location, at).href);
    if (at.protocol === "https:" && next.protocol === "http:")
      throw new HttpRefused(`it redirects from https to ${next.origin}, which is not safe`);
    at = next;
  }
}

export function parseHttpUrl(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new HttpRefused("it is not an http or https address, and this version downloads from no other");
}

function readAnswer(answer: IncomingMessage, status: number, ended: Ended): HttpAnswer {
  const { etag, "last-modified": lastModified, "content-length": length } = answer.headers;
  if (status !== 200 && status !== 206 && status !== 304) {
    answer.destroy();
    const said = `the answer was ${status} ${answer.statusMessage ?? ""}`.trimEnd();
    throw passing.has(status) ? new Error(said) : new HttpRefused(said);
  }
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers["content-range"] ?? "");
  const whole = status === 206 ? range?.[2] : length;
  return {
    status,
    etag,
    lastModified,
    sizeBytes: whole === undefined ? undefined : Number(whole),
    body: bodyOf(answer, ended),
  };
}

/** After its end it waits for the connection's: bytes beyond the announced length show only there. */
async function* bodyOf(answer: IncomingMessage, ended: Ended): AsyncGenerator<Uint8Array> {
  for await (const chunk of answer) yield chunk as Buffer;
  const fault = await ended;
  if (fault) throw new HttpRefused(`more bytes came than were announced (${fault.message})`);
}

function request(
  url: URL,
  headers: Record<string, string>,
  { forbidPrivateAddresses, lookup }: HttpLimits,
  signal: AbortSignal,
): Promise<{ answer: IncomingMessage; ended: Ended }> {
  if (forbidPrivateAddresses) refusePrivateHost(url);
  const get = url.protocol === "https:" ? httpsGet : httpGet;
  const options: RequestOptions = {
    // A connection of its own: one from a pool might lead to an address that was never checked.
    agent: false,
    signal,
    headers: { "user-agent": "trainyard", accept: "*/*", "accept-encoding": "identity", ...headers },
    ...(forbidPrivateAddresses && { lookup: lookup ?? lookupPublicOnly() }),
  };
  return new Promise((resolve, reject) => {
    let fault: Error | undefined;
    const ended: Ended = new Promise((close) => {
      const outgoing = get(url, options, (answer) => resolve({ answer, ended }));
      outgoing.on("error", (error) => {
        fault = error;
        reject(error);
      });
      outgoing.on("close", () => close(fault));
    });
  });
}
