// Who may call what. Everything is denied that is not allowed here, so a new endpoint is closed by itself.
import type { EndpointShape } from "../../api/endpoint.ts";
import { Refused } from "../../core/refused.ts";
import { findAttempt, isRunOfAgent } from "../../store/attempts.ts";
import { findTrackedRun } from "../../store/tracked-runs.ts";
import type { ServerContext } from "../context.ts";
import { cookieOf } from "./studio-session.ts";
import type { Identity } from "./tokens.ts";

/** A browser's session counts as the person. */
export type Caller = Exclude<Identity, { kind: "session" }>;

export async function authorize(
  context: ServerContext,
  shape: EndpointShape,
  request: Request,
  params: Record<string, string>,
): Promise<Caller | undefined> {
  if (shape.access === "public") return undefined;
  const identity = identify(context, credentialsOf(request));
  if (!(await mayCall(context, shape, identity, params))) {
    throw new Refused(
      "forbidden",
      `a token of this kind (${identity.kind}) does not reach ${shape.method} ${shape.path}`,
    );
  }
  return identity;
}

/** The headers that may hold a token. */
export interface Credentials {
  authorization?: string | undefined;
  cookie?: string | undefined;
}

export const credentialsOf = ({ headers }: Request): Credentials => ({
  authorization: headers.get("authorization") ?? undefined,
  cookie: headers.get("cookie") ?? undefined,
});

/** Whose token came with the request; refuses when there is no good one. */
export function identify(context: ServerContext, { authorization, cookie }: Credentials): Caller {
  const token = tokenIn(authorization) || cookieOf(cookie ?? null, context.url());
  const identity = context.tokens.identify(token);
  if (identity?.kind === "session") {
    if (identity.expiresAt > context.clock.now()) return { kind: "user" };
  } else if (identity) return identity;
  throw new Refused(
    "unauthorized",
    "this needs a token",
    "send it as `Authorization: Bearer <token>`; on this machine it lies in the file token of TRAINYARD_HOME",
  );
}

async function mayCall(
  { store }: ServerContext,
  shape: EndpointShape,
  identity: Caller,
  params: Record<string, string>,
): Promise<boolean> {
  if (identity.kind === "user") return true;
  const run = params["run"];
  if (identity.kind === "job") {
    if (shape.access !== "run" || run === undefined) return false;
    const attempt = await findAttempt(store.db, identity.attempt);
    if (attempt === undefined || attempt.endedAt !== null) return false;
    // Its own run, and the runs that it started itself.
    return attempt.run === run || (await findTrackedRun(store.db, run))?.ofJob === attempt.run;
  }
  if (shape.access === "run") return run !== undefined && isRunOfAgent(store.db, run, identity.agent);
  if (shape.access !== "agent") return false;
  if (params["agent"] !== undefined) return params["agent"] === identity.agent;
  if (params["attempt"] === undefined) return true;
  const attempt = await findAttempt(store.db, params["attempt"]);
  // An attempt that is gone is answered "not found" by the handler, which is what the agent needs to hear.
  return attempt === undefined || attempt.agent === identity.agent;
}

function tokenIn(header = ""): string {
  const [scheme, value] = header.split(" ", 2);
  if (value === undefined) return "";
  if (scheme?.toLowerCase() === "bearer") return value;
  if (scheme?.toLowerCase() !== "basic") return "";
  // Clients that know nothing but user and password send the token as the password.
  const text = Buffer.from(value, "base64").toString();
  return text.slice(text.indexOf(":") + 1);
}
