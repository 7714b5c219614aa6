// The forms in which a user names something that already exists: azureml:name:version, labels, resource ids, URIs.
import type { AssetRef, DatastoreRef, SnapshotRef, UriRef } from "../core/job-spec.ts";
import { isHash } from "../core/snapshot.ts";
import { quoted } from "./problem.ts";

const prefix = "azureml:";

export const isReference = (text: string): boolean =>
  text.startsWith(prefix) || text.startsWith("/subscriptions/");

/** A sentence when the text is no reference that can be understood. */
export type Faulty = { wrong: string; hint?: string };

export function parseAsset(text: string): AssetRef | SnapshotRef | DatastoreRef | Faulty {
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (rest.startsWith("/")) return parseResourceId(rest);
  const at = rest.lastIndexOf("@");
  const colon = rest.lastIndexOf(":");
  if (at > colon) return asset(rest.slice(0, at), "label", rest.slice(at + 1));
  if (colon < 0) {
    return {
      wrong: `names no version in ${quoted(text)}; expected azureml:<name>:<version>`,
      hint: `Write the version behind a colon, such as ${prefix}${rest || "name"}:1.`,
    };
  }
  return asset(rest.slice(0, colon), "version", rest.slice(colon + 1));
}

const partPattern = /^\w[\w.-]*$/;

function asset(name: string, kind: "version" | "label", value: string): AssetRef | Faulty {
  if (!partPattern.test(name) || !partPattern.test(value)) {
    return {
      wrong: `found a faulty reference; expected azureml:<name>:<version> of letters, digits, _, - and .`,
    };
  }
  return kind === "version" ? { kind: "asset", name, version: value } : { kind: "asset", name, label: value };
}

/** `/subscriptions/…/environments/<name>/versions/<version>`, `//registries/…`, `//datastores/…`, `//snapshots/…`. */
function parseResourceId(id: string): AssetRef | SnapshotRef | DatastoreRef | Faulty {
  const snapshot = /^\/\/snapshots\/([^/]+)(?:\/(.+))?$/.exec(id);
  if (snapshot && isHash(snapshot[1]!)) {
    return {
      kind: "snapshot",
      id: snapshot[1]!,
      ...(snapshot[2] === undefined ? {} : { file: snapshot[2] }),
    };
  }
  const store = /\/datastores\/([^/]+)\/paths\/(.*)$/.exec(id);
  if (store) return { kind: "datastore", datastore: store[1]!, path: store[2]! };
  const versioned = /\/([^/]+)\/(versions|labels)\/([^/]+)\/?$/.exec(id);
  if (!versioned) {
    return {
      wrong: "found a resource id without name and version; expected …/<name>/versions/<version> at its end",
    };
  }
  const [, name = "", kind, value = ""] = versioned;
  return asset(name, kind === "versions" ? "version" : "label", value);
}

/** The bare name of a compute or datastore, from `azureml:x`, a resource id or the name itself. */
export function parseName(text: string): string | Faulty {
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const name = rest.startsWith("/") ? (rest.replace(/\/$/, "").split("/").at(-1) ?? "") : rest;
  if (partPattern.test(name)) return name;
  return { wrong: `found ${quoted(text)}; expected a name, or azureml:<name>` };
}

/** Whether a text is a URI. One letter and a colon is a Windows drive, not a scheme. */
export const isUri = (text: string): boolean =>
  /^[A-Za-z][A-Za-z0-9+.-]+:/.test(text) && !text.startsWith("file:");

export const uri = (text: string): UriRef => ({ kind: "uri", uri: text });
