// Who may call what. Everything is denied that is not allowed here, so a new endpoint is closed by itself.
import type { EndpointShape } from "../../api/endpoint.ts";
import { Refused } from "../../core/refused.ts";
import { findAttempt, isRunOfAgent, runOfOpenAttempt } from "../../store/attempts.ts";
import type { ServerContext } from "../context.ts";
import { jobReaches } from "./run-reach.ts";
import type { RunAct } from "./run-reach.ts";
import { cookieOf } from "./studio-session.ts";
import type { Identity } from "./tokens.ts";

/** Whose token it is; a browser's session counts as the person. */
export type TokenHolder = Exclude<Identity, { kind: "session" }>;

/** Who calls; of a job its run and that one's experiment. */
export type Caller =
  | Exclude<TokenHolder, { kind: "job" }>
  | { kind: "job"; attempt: string; run: string; experiment: string };

export async function authorize(
  context: ServerContext,
  shape: EndpointShape,
  request: Request,
  params: Record<string, string>,
): Promise<Caller | undefined> {
  if (shape.access === "public") return undefined;
  const identity = identify(context, credentialsOf(request));
  const caller = await callerOf(context, identity);
  if (caller && (await mayCall(context, shape, caller, params))) return caller;
  const run = params["run"];
  if (caller?.kind === "job" && run !== undefined && actOf[shape.access]) {
    throw new Refused(
      "forbidden",
      `the token of job ${caller.run} does not reach run ${run} by ${shape.method} ${shape.path}`,
      "a job changes its own run and those that it started, adds to the runs that it belongs to, and reads those below them; what else it needs comes as an input",
    );
  }
  throw new Refused(
    "forbidden",
    `a token of this kind (${identity.kind}) does not reach ${shape.method} ${shape.path}`,
    identity.kind === "job"
      ? "it is good for what the job itself needs, and only until the job ends; the rest needs a person's token"
      : undefined,
  );
}

/** Undefined for a job whose attempt has ended. */
async function callerOf({ store }: ServerContext, identity: TokenHolder): Promise<Caller | undefined> {
  if (identity.kind !== "job") return identity;
  const run = await runOfOpenAttempt(store.db, identity.attempt);
  return run && { ...identity, run: run.id, experiment: run.experiment };
}

const actOf: Partial<Record<EndpointShape["access"], RunAct>> = {
  run: "change",
  ancestor: "add",
  family: "read",
};

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
export function identify(context: ServerContext, { authorization, cookie }: Credentials): TokenHolder {
  const token = tokenIn(authorization) || cookieOf(cookie ?? null, context.url());
  const identity = context.tokens.identify(token);
  if (identity?.kind === "session") {
    if (identity.expiresAt > context.clock.now()) return { kind: "user" };
  } else if (identity) return identity;
  const where = "this server's lies in the file token of its TRAINYARD_HOME";
  throw token
    ? new Refused(
        "unauthorized",
        "this server does not know that token, or it has expired",
        `is it another server's (TRAINYARD_TOKEN, MLFLOW_TRACKING_TOKEN), or of a job that is over? ${where}`,
      )
    : new Refused(
        "unauthorized",
        "this needs a token",
        `send it as \`Authorization: Bearer <token>\`; ${where}`,
      );
}

async function mayCall(
  { store }: ServerContext,
  shape: EndpointShape,
  caller: Caller,
  params: Record<string, string>,
): Promise<boolean> {
  if (caller.kind === "user") return true;
  if (shape.access === "content") return true;
  const [run, act] = [params["run"], actOf[shape.access]];
  if (caller.kind === "job") {
    if (act === undefined) return shape.access === "job";
    return run !== undefined && jobReaches(store.db, caller.run, run, act);
  }
  if (act !== undefined) return run !== undefined && isRunOfAgent(store.db, run, caller.agent);
  if (shape.access !== "agent") return false;
  if (params["agent"] !== undefined) return params["agent"] === caller.agent;
  if (params["attempt"] === undefined) return true;
  const attempt = await findAttempt(store.db, params["attempt"]);
  // An attempt that is gone is answered "not found" by the handler, which is what the agent needs to hear.
  return attempt === undefined || attempt.agent === caller.agent;
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
