// A datastore in the words of its YAML. Its secrets are no part of it.
import type { Datastore } from "../../core/datastore.ts";
import { withoutAbsent } from "../describe-job.ts";

export function describeDatastore(datastore: Omit<Datastore, "createdAt">): Record<string, unknown> {
  const { name, type, settings, credentialNames, isDefault, description, tags } = datastore;
  return withoutAbsent({
    name,
    type,
    ...settings,
    force_path_style:
      settings["force_path_style"] === undefined ? undefined : settings["force_path_style"] === "true",
    credential_names: credentialNames.length > 0 ? credentialNames : undefined,
    is_default: isDefault,
    description: description === "" ? undefined : description,
    tags,
  });
}
