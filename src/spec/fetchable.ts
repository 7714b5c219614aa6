// An input's address as one that a node can fetch. What it cannot is refused here, not by the job minutes later.
import type { DataSource, DataType, InputMode } from "../core/job-spec.ts";
import { note, type Place, type Reading } from "./text/notes.ts";
import { quoted } from "./text/problem.ts";
import { uri } from "./text/reference.ts";

const inContainer = /^(?:wasbs?|abfss?):\/\/([^@/]+)@([^/]+)\/?(.*)$/i;

/** A single file of an Azure container has an https address too; that of a container in Data Lake is the blob one. */
export function fetchable(
  source: DataSource,
  { mode, type }: { mode: InputMode; type?: DataType | undefined },
  place: Place,
  reading: Reading,
): DataSource | undefined {
  if (source.kind !== "uri" || mode === "direct" || /^https?:/i.test(source.uri)) return source;
  const [, container, host = "", path = ""] = inContainer.exec(source.uri) ?? [];
  const scheme = source.uri.slice(0, source.uri.indexOf(":"));
  if (container === undefined) {
    return note(
      place,
      reading,
      `this version fetches no ${quoted(`${scheme}:`)} addresses, only http and https`,
      {
        hint: "Describe the store as a datastore and write azureml://datastores/<name>/paths/<path>, or mode: direct to pass the address itself.",
      },
    );
  }
  if (path === "" || path.endsWith("/") || type === "uri_folder") {
    return note(
      place,
      reading,
      `names a folder of the container ${container}; by address only single files are fetched`,
      {
        hint: `Describe the container as a datastore and write azureml://datastores/<name>/paths/${path}.`,
      },
    );
  }
  return uri(`https://${host.replace(".dfs.", ".blob.")}/${container}/${path}`);
}
