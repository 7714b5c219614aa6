// What a job's token may change in the registry: what the job itself has registered, and nothing of others'.
import { Refused } from "../../core/refused.ts";
import type { RegisteredModel } from "../../store/registry-models.ts";
import type { ModelVersion } from "../../store/registry-versions.ts";
import type { ServerContext } from "../context.ts";
import { checkReach } from "./caller.ts";
import type { Caller } from "./route.ts";

const hint = "a job changes what it has registered itself; the rest needs a person's token";

export function checkModelIsOwn(caller: Caller, model: RegisteredModel): void {
  if (caller.kind === "user" || model.ofJob === caller.run) return;
  throw new Refused("forbidden", `the token of job ${caller.run} does not change model ${model.name}`, hint);
}

export async function checkVersionIsOwn(
  context: ServerContext,
  caller: Caller,
  { name, version, run }: ModelVersion,
): Promise<void> {
  if (caller.kind === "user") return;
  if (run !== null) return checkReach(context, caller, { runs: [run] });
  throw new Refused(
    "forbidden",
    `the token of job ${caller.run} does not change version ${version} of model ${name}`,
    hint,
  );
}
