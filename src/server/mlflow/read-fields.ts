// What a request of MLflow's says, wherever it says it: path, query and body in one.
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { getQueryParams } from "hono/utils/url";
import { incomingOf } from "../http/check-request.ts";
import { nestsTooDeep } from "../http/json-depth.ts";
import { readWhole } from "../http/raw-bodies.ts";
import { MlflowError, invalid } from "./error.ts";
import { asObject } from "./fields.ts";
import type { Fields } from "./fields.ts";

type Call = Context<{ Bindings: HttpBindings }>;

/** Dataset profiles alone may have 16 MiB. */
export const maxBodyBytes = 32 << 20;

/** A request, whichever way it came. */
export interface Asked {
  method: string;
  /** With or without its origin. */
  url: string;
  contentType: string | undefined;
  params?: Readonly<Record<string, string>>;
  readBody: () => Promise<Buffer>;
}

export const askedOf = (c: Call): Asked => ({
  method: c.req.method,
  url: c.req.url,
  contentType: c.req.header("content-type"),
  params: c.req.param(),
  readBody: () => readWhole(c.req.raw, incomingOf(c), maxBodyBytes),
});

/** A body that is a JSON text holding JSON is what old clients send. */
export async function readFields(asked: Asked): Promise<Fields> {
  const body = asked.method === "GET" || asked.method === "HEAD" ? {} : await readBody(asked);
  if (asked.params === undefined && !asked.url.includes("?")) return body;
  return { ...readQuery(asked.url), ...body, ...asked.params };
}

export const readQuery = (url: string): Fields =>
  Object.fromEntries(
    Object.entries(getQueryParams(url) as Record<string, string[]>).map(([name, values]) => [
      name.replace(/\[\]$/, ""),
      single(values),
    ]),
  );

const single = (values: string[]): unknown => (values.length === 1 ? values[0] : values);

async function readBody({ method, contentType: type, readBody: read }: Asked): Promise<Fields> {
  const text = (await read()).toString("utf8");
  if (method === "DELETE" && text === "") return {};
  if (type === undefined) throw invalid("Content-Type header is missing: expected application/json");
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw invalid(`Bad Request. Content-Type must be one of ['application/json']. Got ${type}`);
  }
  if (text === "") return {};
  if (nestsTooDeep(text)) throw invalid("The body nests lists and objects too deep");
  try {
    const body: unknown = JSON.parse(text);
    return asObject(typeof body === "string" ? JSON.parse(body) : body, "body");
  } catch (error) {
    if (error instanceof MlflowError) throw error;
    throw invalid(`The body is not JSON: ${(error as Error).message}`);
  }
}
