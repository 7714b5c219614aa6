// The HTTP side: every endpoint of the contract becomes a route that checks first and then calls its handler.
import { Hono } from "hono";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import { contract } from "../../api/contract.ts";
import type { Contract, OperationId } from "../../api/contract.ts";
import { isRaw } from "../../api/endpoint.ts";
import type { CheckedRequest, EndpointShape, RawBody } from "../../api/endpoint.ts";
import type { z } from "zod";
import { Refused } from "../../core/refused.ts";
import { answerError } from "./answer-error.ts";
import { authorize } from "./authorize.ts";
import type { Caller } from "./authorize.ts";
import { checkRequest } from "./check-request.ts";
import type { ServerContext } from "../context.ts";
import { createGuard, guardedHeadersOf } from "./guard-request.ts";
import { answerMlflowError } from "../mlflow/error.ts";
import { addMlflow, isMlflowPath, noSuchEndpoint } from "../mlflow/mount.ts";
import { pipeOut } from "./raw-bodies.ts";
import { addSchemas } from "../routes/schemas.ts";
import { addStudio } from "./studio-pages.ts";

/** What a handler knows besides the checked request. */
export interface Call {
  identity: Caller | undefined;
  /** Aborts when the caller has gone or the server ends. */
  signal: AbortSignal;
  headers: Headers;
  /** Only the headers of the answer are wanted. */
  isHead: boolean;
}

export interface RawAnswer {
  /** Default: 200. */
  status?: 200 | 206 | 304 | 416;
  body: AsyncIterable<Uint8Array>;
  headers?: Record<string, string>;
}

type AnswerOf<E extends EndpointShape> = E["response"] extends z.ZodType ? z.input<E["response"]> : RawAnswer;

export type Handler<E extends EndpointShape> = (
  request: CheckedRequest<E>,
  call: Call,
) => Promise<AnswerOf<E>>;

/** A missing handler is a type error. */
export type Handlers = { [Id in OperationId]: Handler<Contract[Id]> };
/** What one file of routes gives. */
export type SomeHandlers<Ids extends OperationId> = Pick<Handlers, Ids>;

type LooseHandler = (request: unknown, call: Call) => Promise<unknown>;

export function createApp(context: ServerContext, handlers: Handlers): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const fail = (error: unknown) => answerError(error, context.newId, context.log);

  const guard = createGuard(context.config, context.url);
  app.use(async (c, next) => {
    guard(guardedHeadersOf(c.req.raw));
    await next();
    c.res.headers.set("x-content-type-options", "nosniff");
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  });

  for (const [id, shape] of Object.entries(contract) as [OperationId, EndpointShape][]) {
    const handler = handlers[id] as LooseHandler;
    app.on(shape.method, shape.path, async (c) => {
      const identity = await authorize(context, shape, c.req.raw, c.req.param());
      const request = await checkRequest(shape, c);
      const signal = AbortSignal.any([c.req.raw.signal, context.ending]);
      const isHead = c.req.method === "HEAD";
      const answer = await handler(request, { identity, signal, headers: c.req.raw.headers, isHead });
      if (!isRaw(shape.response)) return c.json(answer as object);
      try {
        // The headers alone: a stream of events has no end to wait for.
        if (isHead)
          return new Response(null, {
            status: (answer as RawAnswer).status ?? 200,
            headers: headersOf(answer as RawAnswer, shape.response),
          });
        return await sendRaw(
          c.env,
          answer as RawAnswer,
          headersOf(answer as RawAnswer, shape.response),
          signal,
        );
      } catch (error) {
        if (!c.env?.outgoing?.headersSent) throw error;
        // The connection was cut: it is too late for another answer, but not for the log.
        fail(error);
        return RESPONSE_ALREADY_SENT;
      }
    });
  }

  addMlflow(app, context);
  addSchemas(app);
  addStudio(app, context);
  app.notFound((c) => {
    if (isMlflowPath(c.req.path)) return noSuchEndpoint(c.req.path);
    return fail(new Refused("not-found", `there is no ${c.req.method} ${c.req.path}`));
  });
  app.onError((error, c) => (isMlflowPath(c.req.path) ? answerMlflowError(error, context) : fail(error)));
  return app;
}

const headersOf = (answer: RawAnswer, { contentType }: RawBody): Record<string, string> => ({
  "content-type": contentType,
  "x-content-type-options": "nosniff",
  ...answer.headers,
});

/** Streams an answer: straight to the socket on a real server, as a web stream in tests. */
async function sendRaw(
  bindings: Partial<HttpBindings> | undefined,
  answer: RawAnswer,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const status = answer.status ?? 200;
  if (!bindings?.outgoing) return new Response(ReadableStream.from(answer.body), { status, headers });
  await pipeOut(answer.body, bindings.outgoing, headers, signal, status);
  return RESPONSE_ALREADY_SENT;
}
