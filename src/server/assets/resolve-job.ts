// Turns what a job refers to into what it is now: assets by name, and files of other runs.
import { canonicalContent } from "../../core/asset.ts";
import type { AssetContent, AssetKind, StoredSource } from "../../core/asset.ts";
import { curatedEnvironmentNames, findCuratedEnvironment } from "../../core/curated-environments.ts";
import type {
  Code,
  DataType,
  Environment,
  Input,
  JobSpec,
  RunPathRef,
  SnapshotRef,
} from "../../core/job-spec.ts";
import { Refused } from "../../core/refused.ts";
import { findAsset } from "../../store/assets.ts";
import type { RunAsset } from "../../store/run-assets.ts";
import { assetNamed, lookUpAsset } from "./find-asset.ts";
import { orProblem } from "../jobs/job-problem.ts";
import type { JobProblem } from "../jobs/job-problem.ts";
import { filesFor, findRunFiles } from "../files/run-files.ts";
import { snapshotRunFiles } from "../files/run-snapshot.ts";
import type { SnapshotContext } from "../files/run-snapshot.ts";

export interface Resolution {
  context: SnapshotContext;
  /** Whether files of runs become snapshots; otherwise it is only looked whether they could. */
  keeps: boolean;
  problems: JobProblem[];
  /** Filled with the registered versions that were found. */
  assets: RunAsset[];
}

export async function resolveInputs(
  resolution: Resolution,
  inputs: JobSpec["inputs"],
): Promise<JobSpec["inputs"]> {
  const resolved: [string, Input][] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const resolve = () => resolveInput(resolution, name, input);
    resolved.push([name, await orProblem(resolution.problems, `inputs.${name}`, input, resolve)]);
  }
  return Object.fromEntries(resolved);
}

async function resolveInput(resolution: Resolution, usedAs: string, input: Input): Promise<Input> {
  if (input.kind !== "data") return input;
  const { asset: claimed, ...rest } = input;
  const { source } = input;
  if (source.kind === "run") {
    return { ...rest, source: await resolveRunPath(resolution, source, input.type) };
  }
  const { db } = resolution.context.store;
  if (source.kind === "asset") {
    const { kind, name, version, content } = await assetNamed(db, kindsFor(input), source.name, source);
    if (content.kind !== "data" && content.kind !== "model") return input;
    refuseEmptyAddress(name, version, content.source);
    resolution.assets.push({ role: "input", usedAs, kind, name, version });
    const asset = { kind: content.kind, name, version };
    return { ...rest, source: content.source, type: content.type, asset };
  }
  if (!claimed) return input;
  // A spec that was resolved before, sent again: the claim counts if it is true.
  const known = await findAsset(db, claimed);
  if (!known || !("source" in known.content)) return rest;
  if (canonicalContent(known.content.source) !== canonicalContent(source)) return rest;
  resolution.assets.push({ role: "input", usedAs, ...claimed });
  return input;
}

/** MLflow's clients may register a place of ours before there is a file in it. */
function refuseEmptyAddress(name: string, version: string, source: StoredSource): void {
  if (source.kind !== "uri" || !/^(runs|models|mlflow-artifacts):/i.test(source.uri)) return;
  throw new Refused(
    "wrong-state",
    `version ${version} of ${name} holds no files: there were none at ${source.uri} when it was registered`,
    "register it once more, now that they are there, or name another version",
  );
}

const kindsFor = (input: Extract<Input, { kind: "data" }>): AssetKind[] =>
  input.type?.endsWith("_model") ? ["model", "data"] : ["data", "model"];

export async function resolveCode(resolution: Resolution, code: Code | undefined): Promise<Code | undefined> {
  return orProblem(resolution.problems, "code", code, async () => {
    switch (code?.kind) {
      case "run":
        return resolveRunPath(resolution, code);
      case "asset": {
        const { kind, name, version, content } = await assetNamed(
          resolution.context.store.db,
          ["code"],
          code.name,
          code,
        );
        if (content.kind !== "code") return code;
        resolution.assets.push({ role: "code", usedAs: "code", kind, name, version });
        return content.source;
      }
      case "uri":
      case "datastore":
        throw new Refused(
          "unsupported",
          `this version cannot take code from ${code.kind === "uri" ? "an address" : "a datastore"} yet`,
          "use a local folder, or a registered code asset",
        );
      default:
        return code;
    }
  });
}

async function resolveRunPath(
  { context, keeps }: Resolution,
  reference: RunPathRef,
  type?: DataType,
): Promise<RunPathRef | SnapshotRef> {
  const files = filesFor(type, await findRunFiles(context.store.db, reference));
  return keeps ? snapshotRunFiles(context, files) : reference;
}

/** Registered environments come first, so that a workspace can have its own of a curated name. */
export async function resolveEnvironment(
  resolution: Resolution,
  environment: Environment,
): Promise<Environment> {
  const { reference, ...rest } = environment;
  if (!reference) return recognizeEnvironment(resolution, environment);
  return orProblem(resolution.problems, "environment", environment, async () => {
    const { db } = resolution.context.store;
    const { name } = reference;
    const curated = findCuratedEnvironment(name, reference.version);
    const found = curated
      ? await lookUpAsset(db, "environment", name, reference)
      : await assetNamed(db, ["environment"], name, reference, curatedEnvironmentNames);
    if (found?.content.kind === "environment") {
      const { kind, version } = found;
      resolution.assets.push({ role: "environment", usedAs: "environment", kind, name, version });
      return { ...rest, ...found.content.environment, name, version };
    }
    return { ...rest, ...curated, name, ...(reference.version && { version: reference.version }) };
  });
}

/** A spec that was resolved before, sent again, still names the version that it holds. */
async function recognizeEnvironment(resolution: Resolution, environment: Environment): Promise<Environment> {
  const { name, version } = environment;
  if (name === undefined || version === undefined) return environment;
  const known = await findAsset(resolution.context.store.db, { kind: "environment", name, version });
  if (known && canonicalContent(known.content) === canonicalContent(bareEnvironment(environment))) {
    resolution.assets.push({
      role: "environment",
      usedAs: "environment",
      kind: "environment",
      name,
      version,
    });
  }
  return environment;
}

/** As a version of an asset holds it: what it is called and said of it stands beside the content. */
export function bareEnvironment(environment: Environment): Extract<AssetContent, { kind: "environment" }> {
  const { name: _, version: __, description: ___, tags: ____, ...bare } = environment;
  return { kind: "environment", environment: bare };
}
