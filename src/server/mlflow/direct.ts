// The short way to the routes that training programs wait for: from Node's request straight to one packet that holds
// head and body. What is not answered here goes the long way, which knows the same routes.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerContext } from "../context.ts";
import { createGuard } from "../http/guard-request.ts";
import { readWhole } from "../http/raw-bodies.ts";
import { callRoute } from "./call-route.ts";
import { describeMlflowError } from "./error.ts";
import { maxBodyBytes } from "./read-fields.ts";
import { prefixes } from "./route.ts";
import type { MlflowRoute } from "./route.ts";
import { mlflowRoutes } from "./routes.ts";
import { writeJson, writeText } from "./send-json.ts";

/** Answers a request, or returns false and has not touched it. */
export type DirectWay = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

export function createDirectWay(context: ServerContext): DirectWay {
  const guard = createGuard(context.config, context.url);
  const routes = new Map<string, MlflowRoute>();
  for (const route of mlflowRoutes.filter(({ path }) => !path.includes(":"))) {
    for (const prefix of prefixes) {
      for (const method of route.methods) routes.set(`${method} ${prefix}${route.path}`, route);
    }
  }

  async function answer(route: MlflowRoute, incoming: IncomingMessage, outgoing: ServerResponse) {
    try {
      const { method = "", url = "", headers } = incoming;
      guard(headers);
      const answered = await callRoute(context, route, headers, {
        method,
        url,
        contentType: headers["content-type"],
        readBody: () => readWhole(undefined, incoming, maxBodyBytes),
      });
      await writeJson(outgoing, answered, context.ending);
    } catch (error) {
      const { status, body } = describeMlflowError(error, context);
      // Otherwise the connection was cut: it is too late for another answer.
      if (!outgoing.headersSent) writeText(outgoing, body, status);
    }
  }

  return (incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    const end = url.indexOf("?");
    const route = routes.get(`${method} ${end < 0 ? url : url.slice(0, end)}`);
    if (!route) return false;
    void answer(route, incoming, outgoing);
    return true;
  };
}
