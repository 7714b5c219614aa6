// Calls of the server's API. Its types are the contract's; the session cookie goes along by itself.
import type { ProblemBody } from "../../../src/api/problem.ts";

/** What the server refused, in its own words. */
export class CallFailed extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Partial<ProblemBody>) {
    super(problem.title ?? `the server answered ${status}`);
    this.name = "CallFailed";
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.hint = problem.hint;
    this.details = problem.details ?? {};
  }
}

export interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** What `call` takes, made in one place for those who make the same call. */
export type CallArguments = [path: string, options: CallOptions];

/** Answers that were asked for before anybody wanted them: early.ts. */
const early = new Map<string, Promise<unknown>>();
/** What nobody wanted by then is old. */
const keptMs = 10_000;

/** A call whose answer is kept for the first one who makes the same call. */
export function callEarly<T>(path: string, options: CallOptions = {}): Promise<T> {
  const answer = call<T>(path, options);
  // Who wants it is told what went wrong.
  answer.catch(() => {});
  const name = nameOf(path, options);
  early.set(name, answer);
  setTimeout(() => early.delete(name), keptMs);
  return answer;
}

function takeEarly(path: string, options: CallOptions): Promise<unknown> | undefined {
  if (early.size === 0) return undefined;
  const name = nameOf(path, options);
  const answer = early.get(name);
  early.delete(name);
  return answer;
}

const nameOf = (path: string, { method = "GET", query, body }: CallOptions): string =>
  JSON.stringify([method, addressOf(path, query), body]);

/** `path` below /api/v1, each of its parts already encoded. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const answer = takeEarly(path, options);
  if (answer) return answer as Promise<T>;
  const { method = "GET", body, signal } = options;
  const response = await fetch(addressOf(path, options.query), {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as T;
}

export function addressOf(path: string, query: CallOptions["query"] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    given.map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

/** What an answer that is no success says of itself. */
export async function failureOf(response: Response): Promise<CallFailed> {
  try {
    return new CallFailed(response.status, (await response.json()) as object);
  } catch {
    return new CallFailed(response.status, {});
  }
}
