// Reads path, query and body by the contract's schemas. What is wrong is told all at once.
import { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { z } from "zod";
import { isRaw } from "../../api/endpoint.ts";
import type { EndpointShape } from "../../api/endpoint.ts";
import { Refused } from "../../core/refused.ts";
import { nestsTooDeep } from "./json-depth.ts";
import { bytesOf, tooLarge } from "./raw-bodies.ts";

const defaultMaxBodyBytes = 4 << 20;

export async function checkRequest(shape: EndpointShape, c: Context<{ Bindings: HttpBindings }>) {
  const incoming = incomingOf(c);
  const problems: string[] = [];
  const read = (what: string, schema: z.ZodType | undefined, value: unknown) => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues.slice(0, 20)) {
      const place = [what, ...issue.path].join(".");
      problems.push(`${place}: ${issue.message}`);
    }
    return undefined;
  };

  const params = read("path", shape.params, c.req.param());
  const query = read("query", shape.query, c.req.query());
  let body: unknown;
  if (isRaw(shape.body)) {
    body = bytesOf(c.req.raw, incoming, shape.maxBodyBytes ?? Number.POSITIVE_INFINITY);
  } else if (shape.body) {
    body = read("body", shape.body, await readJson(shape, c));
  }
  if (problems.length > 0) throw new Refused("invalid", problems.join("; "), undefined, { problems });
  return { params, query, body };
}

async function readJson(shape: EndpointShape, c: Context<{ Bindings: HttpBindings }>): Promise<unknown> {
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) {
    throw new Refused(
      "invalid",
      `the body's content-type is ${type || "missing"}, expected application/json`,
    );
  }
  const limit = shape.maxBodyBytes ?? defaultMaxBodyBytes;
  if (Number(c.req.header("content-length") ?? 0) > limit) throw tooLarge(limit);
  const incoming = incomingOf(c);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytesOf(c.req.raw, incoming, limit)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  if (nestsTooDeep(text)) {
    throw new Refused("invalid", "the body nests lists and objects too deep", "no valid request needs that");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Refused("invalid", `the body is not JSON: ${(error as Error).message}`);
  }
}

/** Node's own request where there is one: reading it spares the detour of web streams. */
export function incomingOf(c: Context<{ Bindings: HttpBindings }>): IncomingMessage | undefined {
  const bindings: Partial<HttpBindings> | undefined = c.env;
  const incoming = bindings?.incoming;
  return incoming instanceof IncomingMessage ? incoming : undefined;
}
