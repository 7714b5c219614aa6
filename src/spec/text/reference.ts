// The forms in which a user names something that already exists: azureml:name:version, labels, resource ids, URIs.
import { isAssetLabel, isAssetVersion, isModelName } from "../../core/asset.ts";
import { isDatastoreName } from "../../core/datastore.ts";
import type { AssetRef, DatastoreRef, RunPathRef, SnapshotRef, UriRef } from "../../core/job-spec.ts";
import { isJobName } from "../../core/names.ts";
import { isHash, isSafePath } from "../../core/snapshot.ts";
import { quoted } from "./problem.ts";

const prefix = "azureml:";
const runPrefix = "runs:/";

export const isReference = (text: string): boolean =>
  text.startsWith(prefix) || text.startsWith("/subscriptions/") || text.startsWith(runPrefix);

/** Where a run's artifacts hold what a job wrote to its output of this name. */
export const namedOutputs = "named-outputs/";

/** A sentence when the text is no reference that can be understood. */
export type Faulty = { wrong: string; hint?: string };

export type Reference = AssetRef | SnapshotRef | DatastoreRef | RunPathRef;

export function parseReference(text: string): Reference | Faulty {
  if (text.startsWith(runPrefix)) return parseRunPath(text.slice(runPrefix.length));
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

/** As wide as the names of models and MLflow's aliases are. */
function asset(name: string, kind: "version" | "label", value: string): AssetRef | Faulty {
  const isValue = kind === "version" ? isAssetVersion : isAssetLabel;
  if (!isModelName(name) || !isValue(value)) {
    return {
      wrong: `found a faulty reference; expected azureml:<name>:<version> of letters, digits, _, - and .`,
    };
  }
  return kind === "version" ? { kind: "asset", name, version: value } : { kind: "asset", name, label: value };
}

/** `runs:/<run>/<path>`, as MLflow writes it. */
function parseRunPath(rest: string): RunPathRef | Faulty {
  const slash = rest.indexOf("/");
  return slash < 0 ? runPath(rest, "") : runPath(rest.slice(0, slash), rest.slice(slash + 1));
}

function runPath(run: string, written: string): RunPathRef | Faulty {
  const path = written.replace(/\/+$/, "");
  const hint = "Write runs:/<job>/<path of an artifact>, or azureml://jobs/<job>/outputs/<name>.";
  if (!isJobName(run)) return { wrong: `found ${quoted(run)} where the name of a job stands`, hint };
  if (isSafePath(path)) return { kind: "run", run, path };
  if (path === "") return { wrong: `names no file or folder of the job ${quoted(run)}`, hint };
  return {
    wrong: `found the path ${quoted(path)}; expected one inside the job's files, without . or .. parts`,
  };
}

/** `artifacts/paths/<p>` is any file that the job has kept; everything else is a named output and a path in it. */
function jobOutput(run: string, rest: string): RunPathRef | Faulty {
  const [, output = "", inside = ""] = /^([^/]+)(?:\/(?:paths(?:\/|$))?(.*))?$/.exec(rest) ?? [];
  return runPath(run, output === "artifacts" ? inside : `${namedOutputs}${output}/${inside}`);
}

/** `/subscriptions/…/environments/<name>/versions/<version>`, `//datastores/…`, `//jobs/…`, `//snapshots/…`. */
function parseResourceId(id: string): Reference | Faulty {
  const snapshot = /^\/\/snapshots\/([^/]+)(?:\/(.+))?$/.exec(id);
  if (snapshot && isHash(snapshot[1]!)) {
    return {
      kind: "snapshot",
      id: snapshot[1]!,
      ...(snapshot[2] === undefined ? {} : { file: snapshot[2] }),
    };
  }
  const registry = /^\/\/registries\/([^/]*)\/(?:(environments)\/)?/.exec(id);
  // The curated environments are in every server, under the names that this registry has them by.
  if (registry && (registry[1] !== "azureml" || registry[2] === undefined)) {
    return {
      wrong: `names the registry ${quoted(registry[1] ?? "")}; this version reads from no registry`,
      hint: "Register it in this workspace and write azureml:<name>:<version>.",
    };
  }
  const job = /^(?:\/\/)?(?:[^@]*\/workspaces\/[^/]+\/)?jobs\/([^/]+)\/outputs\/(.*)$/.exec(id);
  if (job) return jobOutput(job[1]!, job[2]!);
  const store = /\/datastores\/([^/]+)\/paths\/(.*)$/.exec(id);
  if (store) return datastorePath(store[1]!, store[2]!);
  const versioned = /\/([^/]+)\/(versions|labels)\/([^/]+)\/?$/.exec(id);
  if (!versioned) {
    return {
      wrong:
        "found an address that is none of azureml://jobs/<job>/outputs/…, azureml://datastores/<name>/paths/… " +
        "and …/<name>/versions/<version>",
    };
  }
  const [, name = "", kind, value = ""] = versioned;
  return asset(name, kind === "versions" ? "version" : "label", value);
}

function datastorePath(datastore: string, path: string): DatastoreRef | Faulty {
  if (!isDatastoreName(datastore))
    return { wrong: `found ${quoted(datastore)} where a datastore's name stands` };
  if (path === "" || isSafePath(path.replace(/^\/|\/$/g, ""))) return { kind: "datastore", datastore, path };
  return {
    wrong: `found the path ${quoted(path)}; expected one inside the datastore, without . or .. parts`,
  };
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
