// From a file or flags to a version on the server. Its files travel only when the server will take the version.
import type { AssetBody } from "../../api/assets.ts";
import { asWireContent } from "../../api/assets.ts";
import type { Client } from "../../api/client.ts";
import type { AssetContent } from "../../core/asset.ts";
import type { DataSource, LocalPath, SnapshotRef } from "../../core/job-spec.ts";
import { Refused } from "../../core/refused.ts";
import { renderProblems } from "../../spec/text/problem.ts";
import type { Overrides } from "../../spec/text/read-root.ts";
import type { Connection } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { createPatientClient } from "../submit/patient-client.ts";
import type { PatientClient } from "../submit/patient-client.ts";
import { uploadBuildContext } from "../submit/upload-local.ts";
import { codeLimits, dataLimits, uploadPath } from "../submit/upload-path.ts";
import { readAsset } from "./kinds.ts";
import type { AssetToRegister, CommandKind } from "./kinds.ts";
import { relabel } from "./relabel.ts";

export interface RegisterOptions extends Overrides {
  kind: CommandKind;
  file: string | undefined;
  /** Beside those of the file. */
  tags: Record<string, string>;
  signal: AbortSignal;
}

export async function registerAsset(
  { kind, file, tags: moreTags, signal, ...overrides }: RegisterOptions,
  connecting: Promise<Connection>,
  context: Context,
): Promise<AssetBody> {
  const { asset, warnings } = await readAsset(kind, file, overrides);
  if (warnings.length > 0) context.io.note(`warning: ${renderProblems(warnings)}`);
  const patient = createPatientClient(() => connecting, context, signal);
  const content = await uploadContent(asset, patient, signal, context);
  const client = await patient.latest();
  const { name, version, description, properties, label } = asset;
  const tags = { ...asset.tags, ...moreTags };
  const stored = await client.createAsset({
    params: { kind },
    body: {
      name,
      ...(version !== undefined && { version }),
      content: asWireContent(content),
      description,
      tags,
      properties,
      createdBy: context.config.user.value,
    },
  });
  return bringUpToDate(stored, { description, tags, properties, label }, client);
}

async function uploadContent(
  asset: AssetToRegister,
  client: PatientClient,
  signal: AbortSignal,
  context: Context,
): Promise<AssetContent> {
  const { content } = asset;
  if (content.kind === "environment") {
    const limits = codeLimits(context);
    const upload = ({ path }: LocalPath) => uploadPath(path, { client, limits, signal }, context);
    return { kind: "environment", environment: await uploadBuildContext(content.environment, upload) };
  }
  const source = await uploadSource(content.source, async ({ path }) => {
    const stored = await findVersion(asset, await client.latest());
    const check = async (id: string) => refuseOtherContent(asset, id, stored);
    // What the server will not take is not to be sent in part either.
    const early = stored === undefined;
    return uploadPath(path, { client, check, early, limits: dataLimits, tell: true, signal }, context);
  });
  return { ...content, source };
}

const uploadSource = async (source: DataSource, upload: (path: LocalPath) => Promise<SnapshotRef>) =>
  source.kind === "local" ? upload(source) : source;

async function findVersion(
  { content: { kind }, name, version }: AssetToRegister,
  client: Client,
): Promise<AssetBody | undefined> {
  if (version === undefined) return undefined;
  return client.getAsset({ params: { kind, name }, query: { version } }).catch((error: unknown) => {
    if (error instanceof Refused && error.code === "not-found") return undefined;
    throw error;
  });
}

/** The server would refuse it too, but only after all of it has travelled. */
function refuseOtherContent(
  { content: { kind }, name, version }: AssetToRegister,
  id: string,
  stored: AssetBody | undefined,
): void {
  if (!stored || stored.content.kind === "environment") return;
  const { source } = stored.content;
  if (source.kind === "snapshot" && source.id === id) return;
  throw new Refused(
    "conflict",
    `version ${version} of ${kind} ${name} exists already with another content`,
    "leave the version out to get the next number, or give one that is free",
  );
}

/** A version that was there keeps its content; what is said of it now is what was said last. */
async function bringUpToDate(
  stored: AssetBody,
  wanted: Pick<AssetToRegister, "description" | "tags" | "properties"> & { label: string | undefined },
  client: Client,
): Promise<AssetBody> {
  const { description, tags, properties, label } = wanted;
  const isNew = (own: Record<string, string>, given: Record<string, string>) =>
    Object.entries(given).some(([key, value]) => own[key] !== value);
  const changes = {
    ...(description !== "" && description !== stored.description && { description }),
    ...(isNew(stored.tags, tags) && { tags }),
    ...(isNew(stored.properties, properties) && { properties }),
    ...(label !== undefined && relabel(stored, label)),
  };
  if (Object.keys(changes).length === 0) return stored;
  const { kind, name, version } = stored;
  return client.updateAsset({ params: { kind, name, version }, body: changes });
}
