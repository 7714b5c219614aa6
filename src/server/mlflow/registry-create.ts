// Makes a version of a registered model: an asset of kind model, as `trainyard model create` makes them.
import { Refused } from "../../core/refused.ts";
import {
  changeLoggedModel,
  findLoggedModel,
  readModelLabels,
  setModelLabels,
} from "../../store/logged-models.ts";
import { saveModelSource } from "../../store/registry-versions.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";
import { registerAsset } from "../assets/register-asset.ts";
import { checkReach } from "./caller.ts";
import { invalid, missing } from "./error.ts";
import { modelNamed } from "./registry-show.ts";
import { checkSource, findSource, settleSource, subjectOf } from "./registry-source.ts";
import type { SettledModel } from "./registry-source.ts";
import type { Caller } from "./route.ts";

export interface VersionToRegister {
  name: string;
  source: string;
  run: string | null;
  runLink: string;
  modelId: string | null;
  description: string;
  tags: Record<string, string>;
}

const promptTag = "mlflow.prompt.is_prompt";

/** Answers with the number that it got. */
export async function registerVersion(
  context: ServerContext,
  caller: Caller,
  asked: VersionToRegister,
): Promise<string> {
  const { store, clock, nudges } = context;
  const { name, description, tags } = asked;
  const { tags: ofModel } = await modelNamed(store.db, name);
  const modelId = asked.modelId ?? /^models:\/+(m-[0-9a-f]{32})\/*$/.exec(asked.source)?.[1] ?? null;
  const model = modelId === null ? undefined : await findLoggedModel(store.db, modelId);
  if (modelId !== null && !model) throw missing(`Logged model with ID '${modelId}' not found.`);
  await checkReach(context, caller, {
    runs: asked.run === null ? [] : [asked.run],
    models: modelId === null ? [] : [modelId],
  });
  const { source, content, statusMessage, ofRun } =
    ofModel[promptTag] === "true"
      ? promptSource(asked.source)
      : await sourceOf(context, caller, asked.source);
  const ownRun = caller.kind === "job" ? caller.run : null;
  const run = asked.run ?? model?.sourceRun ?? ofRun ?? ownRun;
  const at = clock.now();
  const { version } = await store.write(async (tx) => {
    await modelNamed(tx, name);
    const asset = await registerAsset(tx, {
      kind: "model",
      name,
      version: undefined,
      content,
      description,
      tags,
      properties: {},
      run,
      createdBy: "user",
      at,
    });
    const { runLink } = asked;
    await saveModelSource(tx, { name, version: asset.version, source, runLink, modelId, statusMessage });
    if (modelId !== null) await noteRegistration(tx, modelId, { name, version: Number(asset.version) }, at);
    return asset;
  });
  nudges.nudge(topics.events);
  return version;
}

interface Sourced extends SettledModel {
  source: string;
  ofRun: string | null;
}

async function sourceOf(context: ServerContext, caller: Caller, given: string): Promise<Sourced> {
  const source = checkSource(given);
  const place = await findSource(context.store.db, source);
  await checkReach(context, caller, subjectOf(place));
  if (caller.kind === "job" && place.kind === "elsewhere" && /^(runs|mlflow-artifacts):/i.test(source)) {
    throw new Refused("forbidden", `the token of job ${caller.run} does not reach ${source}`);
  }
  const settled = await settleSource(context, source, place);
  return { ...settled, source, ofRun: await runOf(context.store.db, place) };
}

async function runOf(db: Db, place: Awaited<ReturnType<typeof findSource>>): Promise<string | null> {
  if (place.kind === "run") return place.owner;
  return place.kind === "model" ? ((await findLoggedModel(db, place.owner))?.sourceRun ?? null) : null;
}

/** A prompt's text is in its tags; its source is one word. */
function promptSource(source: string): Sourced {
  if (!/^[\w-]{1,250}$/.test(source)) {
    throw invalid(
      `Invalid model version source: '${source}'. A prompt's source is a word such as prompt-template`,
    );
  }
  return {
    source,
    content: { kind: "model", type: "custom_model", source: { kind: "uri", uri: source } },
    statusMessage: null,
    ofRun: null,
  };
}

const versionsTag = "mlflow.modelVersions";

/** Clients look there for the versions that were made of a logged model. */
async function noteRegistration(
  tx: Db,
  modelId: string,
  registered: { name: string; version: number },
  at: number,
): Promise<void> {
  const labels = await readModelLabels(tx, modelId);
  const known = labels.find(({ kind, key }) => kind === "tag" && key === versionsTag)?.value;
  const value = JSON.stringify([...listIn(known), registered]);
  await setModelLabels(tx, modelId, "tag", [{ key: versionsTag, value }]);
  await changeLoggedModel(tx, modelId, { at });
}

/** Anyone may have written to the tag. */
function listIn(text: string | undefined): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(parsed) ? (parsed as unknown[]) : [];
  } catch {
    return [];
  }
}
