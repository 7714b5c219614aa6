// What every route of MLflow's goes through, whichever way the request came: who calls, what is said, whether they may.
import { Refused } from "../../core/refused.ts";
import type { Credentials } from "../http/authorize.ts";
import type { ServerContext } from "../context.ts";
import { callerOf, checkReach } from "./caller.ts";
import { readFields } from "./read-fields.ts";
import type { Asked } from "./read-fields.ts";
import type { MlflowRoute } from "./route.ts";

export async function callRoute(
  context: ServerContext,
  { path, reach, handle }: MlflowRoute,
  credentials: Credentials,
  asked: Asked,
): Promise<object | AsyncIterable<string>> {
  const caller = await callerOf(context, credentials);
  const fields = await readFields(asked);
  if (typeof reach === "function") {
    if (caller.kind === "job") await checkReach(context, caller, reach(fields));
  } else if (reach === "user" && caller.kind !== "user") {
    throw new Refused("forbidden", `the token of a job does not reach ${asked.method} ${path}`);
  }
  return handle({ context, fields, caller });
}
