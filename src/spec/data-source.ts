// Where an input's data or a job's code comes from, in the forms that the dialects share.
import type { AssetRef, DataSource } from "../core/job-spec.ts";
import { readLocalPath } from "./job-fields.ts";
import { quoted } from "./text/problem.ts";
import { found, note, type Place, type Reading } from "./text/notes.ts";
import { nonEmptyText, type Reader } from "./text/read.ts";
import { isReference, isUri, parseName, parseReference, uri } from "./text/reference.ts";

/** `azureml:name:version`, a resource id, or one of our own snapshot addresses. */
export function readReference(
  place: Place,
  written: string,
  reading: Reading,
  options: { labels: boolean },
): Exclude<DataSource, { kind: "local" | "uri" }> | undefined {
  const parsed = parseReference(written);
  if ("wrong" in parsed) return note(place, reading, parsed.wrong, { hint: parsed.hint });
  if (parsed.kind === "asset" && parsed.label !== undefined && !options.labels) {
    return note(place, reading, `${found(place.node)}; this dialect needs a version, not a label`, {
      hint: `Write azureml:${parsed.name}:<version>.`,
    });
  }
  return parsed;
}

export function readAsset(
  place: Place,
  written: string,
  reading: Reading,
  options: { labels: boolean },
): AssetRef | undefined {
  const source = readReference(place, written, reading, options);
  if (source === undefined || source.kind === "asset") return source;
  return note(place, reading, `${found(place.node)}; expected azureml:<name>:<version>`);
}

/** A reference, a URI, or else a path beside the YAML file. */
export const anySource: Reader<DataSource> = (place, reading) => {
  const written = nonEmptyText(place, reading);
  if (written === undefined) return undefined;
  if (isReference(written)) return readReference(place, written, reading, { labels: true });
  return isUri(written) ? uri(written) : readLocalPath(place, reading);
};

export const datastoreName: Reader<string> = (place, reading) => {
  const written = nonEmptyText(place, reading);
  if (written === undefined) return undefined;
  const name = parseName(written);
  return typeof name === "string" ? name : note(place, reading, name.wrong, { hint: name.hint });
};

/** The three ways in which dialect A points at data or code: local_path, or path, alone or on a datastore. */
export function sourceFrom(
  place: Place,
  parts: { local_path: DataSource | undefined; path: string | undefined; datastore: string | undefined },
  /** What to say that it needs when it has none of them. */
  needed: string,
  reading: Reading,
): DataSource | undefined {
  const { local_path, path, datastore } = parts;
  if (local_path && (path !== undefined || datastore !== undefined)) {
    return note(place, reading, "local_path stands beside path or datastore; expected one of them");
  }
  if (local_path) return local_path;
  if (path === undefined) return note(place, reading, `needs ${needed}`);
  if (datastore !== undefined) return { kind: "datastore", datastore, path };
  if (isReference(path)) return readReference(place, path, reading, { labels: false });
  if (isUri(path)) return uri(path);
  return note(
    place,
    reading,
    `path is ${quoted(path)}; expected a URI such as https://…, or a datastore beside it`,
    {
      hint: `For a file or folder of this machine write local_path: ${path}.`,
    },
  );
}
