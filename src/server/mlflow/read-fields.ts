// What a request of MLflow's says, wherever it says it: path, query and body in one.
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { incomingOf } from "../check-request.ts";
import { nestsTooDeep } from "../json-depth.ts";
import { readWhole } from "../raw-bodies.ts";
import { MlflowError, invalid } from "./error.ts";
import { asObject } from "./fields.ts";
import type { Fields } from "./fields.ts";

type Call = Context<{ Bindings: HttpBindings }>;

/** Dataset profiles alone may have 16 MiB. */
const maxBodyBytes = 32 << 20;

/** A body that is a JSON text holding JSON is what old clients send. */
export async function readFields(c: Call): Promise<Fields> {
  const body = c.req.method === "GET" || c.req.method === "HEAD" ? {} : await readBody(c);
  return { ...readQuery(c), ...body, ...c.req.param() };
}

export const readQuery = (c: Call): Fields =>
  Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [name.replace(/\[\]$/, ""), single(values)]),
  );

const single = (values: string[]): unknown => (values.length === 1 ? values[0] : values);

async function readBody(c: Call): Promise<Fields> {
  const text = (await readWhole(c.req.raw, incomingOf(c), maxBodyBytes)).toString("utf8");
  if (c.req.method === "DELETE" && text === "") return {};
  const type = c.req.header("content-type");
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
