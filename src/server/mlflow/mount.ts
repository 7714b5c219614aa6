// Puts MLflow's REST interface on the server: every route through one check of who calls and one place for errors.
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { credentialsOf } from "../http/authorize.ts";
import type { ServerContext } from "../context.ts";
import { addArtifactWays, artifactWays } from "./artifact-ways.ts";
import { callRoute } from "./call-route.ts";
import { answerMlflowError, errorBody } from "./error.ts";
import { askedOf } from "./read-fields.ts";
import { prefixes } from "./route.ts";
import { mlflowRoutes } from "./routes.ts";
import { writeJson } from "./send-json.ts";

type App = Hono<{ Bindings: HttpBindings }>;
type Call = Context<{ Bindings: HttpBindings }>;

/** What MLflow's clients take this server for: new enough for logged models, too old for OpenTelemetry's traces. */
const spokenVersion = "3.3.0";
const publicPaths = ["/health", "/version"];

/** Every way in, for the test that tries all of them with the wrong token. */
export const mlflowWays = (): { way: string; isPublic: boolean }[] => [
  ...publicPaths.map((path) => ({ way: `GET ${path}`, isPublic: true })),
  ...[
    ...mlflowRoutes.flatMap(({ methods, path }) =>
      prefixes.flatMap((prefix) => methods.map((method) => `${method} ${prefix}${path}`)),
    ),
    ...artifactWays,
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

  for (const route of mlflowRoutes) {
    for (const prefix of prefixes) {
      app.on(
        [...route.methods],
        prefix + route.path,
        guarded(async (c) => {
          const answer = await callRoute(context, route, credentialsOf(c.req.raw), askedOf(c));
          await writeJson(c.env.outgoing, answer, context.ending);
          return RESPONSE_ALREADY_SENT;
        }),
      );
    }
  }
  addArtifactWays(app, context, guarded);
}

/** Where MLflow's clients look, also for what this server has not: they fall back to older ways when they read that. */
export const isMlflowPath = (path: string): boolean =>
  /^\/(ajax-)?api\/[23]\.0\//.test(path) ||
  /^(\/model-versions)?\/get-artifact$/.test(path) ||
  path === "/v1/traces";

export const noSuchEndpoint = (path: string): Response =>
  errorBody("ENDPOINT_NOT_FOUND", `there is no ${path} in this version of Trainyard`);
