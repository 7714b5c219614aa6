// Puts MLflow's REST interface on the server: every route through one check of who calls and one place for errors.
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { incomingOf } from "../check-request.ts";
import type { ServerContext } from "../context.ts";
import { nestsTooDeep } from "../json-depth.ts";
import { bytesOf, pipeOut } from "../raw-bodies.ts";
import { Refused } from "../../core/refused.ts";
import { listFolder, placeOf } from "./artifact-place.ts";
import type { Place } from "./artifact-place.ts";
import { deleteFiles, putFile, readFile } from "./artifacts.ts";
import { callerOf, checkReach } from "./caller.ts";
import { MlflowError, answerMlflowError, errorBody, invalid } from "./error.ts";
import { asObject, optionalText, runIdOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { prefixes } from "./route.ts";
import { mlflowRoutes } from "./routes.ts";
import { runNamed } from "./runs.ts";

type App = Hono<{ Bindings: HttpBindings }>;
type Call = Context<{ Bindings: HttpBindings }>;

/** Dataset profiles alone may have 16 MiB. */
const maxBodyBytes = 32 << 20;
/** What MLflow's clients take this server for: new enough for logged models, too old for OpenTelemetry's traces. */
const spokenVersion = "3.3.0";
export const filePrefixes = ["/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"] as const;

const publicPaths = ["/health", "/version"];

/** Every way in, for the test that tries all of them with the wrong token. */
export const mlflowWays = (): { way: string; isPublic: boolean }[] => [
  ...publicPaths.map((path) => ({ way: `GET ${path}`, isPublic: true })),
  ...[
    ...mlflowRoutes.flatMap(({ methods, path }) =>
      prefixes.flatMap((prefix) => methods.map((method) => `${method} ${prefix}${path}`)),
    ),
    ...filePrefixes.flatMap((prefix) => [
      `GET ${prefix}/artifacts`,
      ...["PUT", "GET", "DELETE"].map((method) => `${method} ${prefix}/artifacts/*`),
      `POST ${prefix}/mpu/:step/*`,
      `GET ${prefix}/presigned/*`,
    ]),
    "GET /get-artifact",
  ].map((way) => ({ way, isPublic: false })),
];

export function addMlflow(app: App, context: ServerContext): void {
  app.get("/health", (c) => c.text("OK"));
  app.get("/version", (c) => c.text(spokenVersion));
  const guarded = (act: (c: Call) => Promise<Response>) => async (c: Call) => {
    try {
      return await act(c);
    } catch (error) {
      if (c.env?.outgoing?.headersSent) return RESPONSE_ALREADY_SENT;
      return answerMlflowError(error, context);
    }
  };

  for (const { methods, path, reach, handle } of mlflowRoutes) {
    for (const prefix of prefixes) {
      app.on(
        [...methods],
        prefix + path,
        guarded(async (c) => {
          const caller = await callerOf(context, c.req.raw);
          const fields = await readFields(c);
          if (typeof reach === "function") {
            if (caller.kind === "job") await checkReach(context, caller, reach(fields));
          } else if (reach === "user" && caller.kind !== "user") {
            throw new Refused("forbidden", `the token of a job does not reach ${c.req.method} ${path}`);
          }
          return c.json(await handle({ context, fields, caller }));
        }),
      );
    }
  }
  for (const prefix of filePrefixes) addFiles(app, context, prefix, guarded);
  app.get(
    "/get-artifact",
    guarded(async (c) => {
      const fields = await readFields(c);
      const caller = await callerOf(context, c.req.raw);
      const run = runIdOf(fields);
      await checkReach(context, caller, { runs: [run] });
      await runNamed(context.store.db, run);
      const path = optionalText(fields, "path") ?? "";
      return sendFile(context, c, await placeOf(context.store.db, `0/${run}/artifacts/${path}`));
    }),
  );
}

function addFiles(
  app: App,
  context: ServerContext,
  prefix: string,
  guarded: (act: (c: Call) => Promise<Response>) => (c: Call) => Promise<Response>,
): void {
  const { store } = context;
  /** Who may do what with the path is decided before anything is read. */
  const reached = async (c: Call, path: string): Promise<Place> => {
    const caller = await callerOf(context, c.req.raw);
    const place = await placeOf(store.db, path);
    if (caller.kind === "user") return place;
    if (!place.subject) throw new Refused("forbidden", `the token of a job does not reach ${path || "/"}`);
    await checkReach(context, caller, place.subject);
    return place;
  };
  const fileIn = (c: Call) => reached(c, pathAfter(c, `${prefix}/artifacts/`));

  app.get(
    `${prefix}/artifacts`,
    guarded(async (c) => {
      const place = await reached(c, c.req.query("path") ?? "");
      const files = await listFolder(context, place.owner, place.path);
      if (files.length === 0) return c.json({});
      return c.json({ files: files.map((file) => ({ ...file, path: file.path.split("/").at(-1)! })) });
    }),
  );
  app.put(
    `${prefix}/artifacts/*`,
    guarded(async (c) => {
      const place = await fileIn(c);
      await putFile(context, place, bytesOf(c.req.raw, incomingOf(c), Number.POSITIVE_INFINITY));
      return c.json({});
    }),
  );
  app.get(
    `${prefix}/artifacts/*`,
    guarded(async (c) => sendFile(context, c, await fileIn(c))),
  );
  app.delete(
    `${prefix}/artifacts/*`,
    guarded(async (c) => {
      await deleteFiles(context, await fileIn(c));
      return c.json({});
    }),
  );
  for (const [method, path, what] of [
    ["POST", "/mpu/:step/*", "Multipart upload"],
    ["GET", "/presigned/*", "Multipart download"],
  ] as const) {
    app.on(
      method,
      prefix + path,
      guarded(async (c) => {
        await callerOf(context, c.req.raw);
        throw new MlflowError(
          "NOT_IMPLEMENTED",
          `${what} is not supported for the current artifact repository: files are streamed whole`,
        );
      }),
    );
  }
}

async function sendFile(context: ServerContext, c: Call, place: Place): Promise<Response> {
  const { status, headers, body } = await readFile(context, place, c.req.header("range"));
  const bindings: Partial<HttpBindings> | undefined = c.env;
  if (c.req.method === "HEAD") return new Response(null, { headers });
  if (!bindings?.outgoing) return new Response(ReadableStream.from(body), { status, headers });
  const signal = AbortSignal.any([c.req.raw.signal, context.ending]);
  await pipeOut(body, bindings.outgoing, headers, signal, status);
  return RESPONSE_ALREADY_SENT;
}

function pathAfter(c: Call, prefix: string): string {
  const { pathname } = new URL(c.req.url);
  try {
    return decodeURIComponent(pathname.slice(prefix.length));
  } catch {
    throw invalid("Invalid path");
  }
}

/** Path, query and body in one; a body that is a JSON text holding JSON is what old clients send. */
async function readFields(c: Call): Promise<Fields> {
  const query = Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [name.replace(/\[\]$/, ""), single(values)]),
  );
  const body = c.req.method === "GET" || c.req.method === "HEAD" ? {} : await readBody(c);
  return { ...query, ...body, ...c.req.param() };
}

const single = (values: string[]): unknown => (values.length === 1 ? values[0] : values);

async function readBody(c: Call): Promise<Fields> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytesOf(c.req.raw, incomingOf(c), maxBodyBytes)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
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

/** Where MLflow's clients look for what this server may not have; they fall back to older ways when they read this. */
export const isMlflowPath = (path: string): boolean =>
  /^\/(ajax-)?api\/[23]\.0\//.test(path) || path === "/v1/traces";

export const noSuchEndpoint = (path: string): Response =>
  errorBody("ENDPOINT_NOT_FOUND", `there is no ${path} in this version of Trainyard`);
