// What a store's client threw, as a DatastoreFailed: by its status and code alone, for the rest may hold secrets.
import { DatastoreFailed } from "./datastore-client.ts";
import type { DatastoreFault } from "./datastore-client.ts";

export interface StoreWords {
  /** Such as `the container data of myaccount`. */
  place: string;
  /** HTTP status, when there was an answer. */
  statusOf(error: object): number | undefined;
  /** The store's own word, such as NoSuchKey. */
  codeOf(error: object): string | undefined;
}

export function explainFault(error: unknown, signal: AbortSignal, words: StoreWords, path?: string): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof DatastoreFailed || typeof error !== "object" || error === null) return error;
  const status = words.statusOf(error);
  const code = safeWord(words.codeOf(error)) ?? safeWord(networkCodeOf(error));
  if (status === undefined && code === undefined && !isNetworkError(error)) return error;
  const fault = faultOf(status);
  const answer = [status, code].filter((part) => part !== undefined).join(" ") || "no answer";
  const what = path === undefined ? words.place : `${path} in ${words.place}`;
  return new DatastoreFailed(fault, `${what} ${sentences[fault]} (${answer})`);
}

const faultOf = (status: number | undefined): DatastoreFault => {
  if (status === 401 || status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 412 || status === 416) return "changed";
  if (status === 400) return "invalid";
  return "unavailable";
};

const sentences: Record<DatastoreFault, string> = {
  forbidden: "may not be reached with the credentials of the datastore",
  "not-found": "is not there",
  changed: "changed while it was read",
  invalid: "was refused as wrong",
  unavailable: "cannot be reached",
};

/** A word of letters is no secret; anything else is not repeated. */
const safeWord = (word: string | undefined): string | undefined =>
  word !== undefined && /^[A-Za-z][A-Za-z_.-]{1,60}$/.test(word) && word !== "Error" ? word : undefined;

const networkCodeOf = (error: object): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

const isNetworkError = (error: object): boolean =>
  error instanceof Error &&
  /timeout|socket|network|aborted|terminated/i.test(`${error.name} ${error.message}`);

/** The same bytes; what goes wrong while they come is explained too. */
export async function* explainBody(
  body: AsyncIterable<Uint8Array>,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}

/** An ETag without its quotes and its mark of weakness. */
export const bareTag = (etag: string | undefined): string => (etag ?? "").replace(/^(?:W\/)?"|"$/g, "");
