// The typed client, made from the contract. A stranger's only way in, and ours: CLI, agent and tests use it.
import { Refused } from "../core/refused.ts";
import type { RefusedCode } from "../core/refused.ts";
import { contract } from "./contract.ts";
import type { Contract, OperationId } from "./contract.ts";
import { isRaw } from "./endpoint.ts";
import type { EndpointShape, RawRequestBody, RequestOf, ResponseOf } from "./endpoint.ts";
import { problemSchema } from "./problem.ts";

export interface TransportRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  body?: RawRequestBody;
  signal?: AbortSignal;
}

export interface TransportResponse {
  status: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}

/** Moves bytes to one server and back. Throws when there is no answer. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

export interface CallOptions {
  signal?: AbortSignal;
}

export type Client = {
  [Id in OperationId]: (
    request: RequestOf<Contract[Id]>,
    options?: CallOptions,
  ) => Promise<ResponseOf<Contract[Id]>>;
};

/** Nothing answered, or not as this contract says. The same call may work later. */
export class Unreachable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Unreachable";
  }
}

/** The server met something unexpected; its log has the error id. */
export class ServerFault extends Error {
  readonly status: number;
  readonly hint: string | undefined;
  constructor(message: string, status: number, hint?: string) {
    super(message);
    this.name = "ServerFault";
    this.status = status;
    this.hint = hint;
  }
}

/** One method an operation id, such as `client.getJob({ params: { run: "x" } })`. */
export function createClient(transport: Transport, token: string): Client {
  const entries = Object.entries(contract).map(([id, shape]) => [
    id,
    (request: LooseRequest, options: CallOptions = {}) => call(transport, token, shape, request, options),
  ]);
  return Object.fromEntries(entries) as Client;
}

interface LooseRequest {
  params?: Record<string, string> | undefined;
  query?: Record<string, string | number | boolean | undefined> | undefined;
  body?: unknown;
}

async function call(
  transport: Transport,
  token: string,
  shape: EndpointShape,
  request: LooseRequest,
  options: CallOptions,
): Promise<unknown> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  const outgoing: TransportRequest = { method: shape.method, target: targetOf(shape, request), headers };
  if (options.signal) outgoing.signal = options.signal;
  if (isRaw(shape.body)) {
    headers["content-type"] = shape.body.contentType;
    outgoing.body = request.body as RawRequestBody;
  } else if (shape.body) {
    headers["content-type"] = "application/json";
    outgoing.body = JSON.stringify(request.body);
  }
  const response = await transport(outgoing);
  if (response.status >= 400) throw await failureOf(response);
  if (isRaw(shape.response)) return response.body;
  const parsed = shape.response.safeParse(parseJson(await readText(response.body)));
  if (!parsed.success)
    throw new Unreachable(`the server's answer is not one of this version: ${parsed.error.message}`);
  return parsed.data;
}

function targetOf(shape: EndpointShape, request: LooseRequest): string {
  const path = shape.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(request.params?.[name] ?? ""),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, `${value}`);
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

async function failureOf(response: TransportResponse): Promise<Error> {
  const text = await readText(response.body);
  const problem = problemSchema.safeParse(parseJson(text));
  if (!problem.success) {
    return new ServerFault(`the server answered ${response.status}: ${text.slice(0, 200)}`, response.status);
  }
  const { title, code, hint, details, errorId, status } = problem.data;
  if (status >= 500) return new ServerFault(errorId ? `${title} (error ${errorId})` : title, status, hint);
  return new Refused(code as RefusedCode, title, hint, details);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
