// Where a client finds the files of a model version.
import { findLoggedModel } from "../../store/logged-models.ts";
import { findModelVersion } from "../../store/registry-versions.ts";
import type { ModelVersion } from "../../store/registry-versions.ts";
import type { ServerContext } from "../context.ts";
import { modelLocation } from "./logged-models.ts";
import { registeredPlace } from "./registry-files.ts";
import { findSource, isUnchanged } from "./registry-source.ts";
import type { Caller } from "./route.ts";

const holds = ({ content }: ModelVersion, snapshot: string): boolean =>
  content.kind === "model" && content.source.kind === "snapshot" && content.source.id === snapshot;

/**
 * Where the files lie in the first place, as long as they are what was registered; else the registry's own copy, which
 * is also what a job gets, since its token does not reach other runs.
 */
export async function downloadUriOf(
  context: ServerContext,
  caller: Caller,
  version: ModelVersion,
): Promise<string> {
  const { content, source } = version;
  // Of a copy too, the address is what the version holds.
  if (content.kind === "model" && content.source.kind === "uri") return content.source.uri;
  if (content.kind !== "model" || content.source.kind !== "snapshot") return source;
  const own = registeredPlace(version);
  if (caller.kind === "job" || source === own) return own;
  const { db } = context.store;
  const place = await findSource(db, source).catch(() => undefined);
  switch (place?.kind) {
    case "version": {
      const original = await findModelVersion(db, place);
      // An alias may have moved on since, and a name may have begun anew.
      return original && holds(original, content.source.id) ? downloadUriOf(context, caller, original) : own;
    }
    case "run":
      return (await isUnchanged(context, place, content.source.id)) ? source : own;
    case "model": {
      const model = await findLoggedModel(db, place.owner);
      if (!model || !(await isUnchanged(context, place, content.source.id))) return own;
      return place.path === "" ? modelLocation(model) : `${modelLocation(model)}/${place.path}`;
    }
    default:
      return own;
  }
}
