// Assets: data, environments, models and code by name and version.
import { z } from "zod";
import { assetKinds, isAssetLabel, isAssetVersion, isModelName } from "../core/asset.ts";
import type { AssetContent, AssetVersion } from "../core/asset.ts";
import { endpoint } from "./endpoint.ts";
import { environmentSchema, snapshotRefSchema, sourceSchema, stringMap } from "./job-spec.ts";

const kind = z.enum(assetKinds);
/** As wide as models' names are; the others are checked against their kind. */
const name = z
  .string()
  .refine(
    isModelName,
    "1 to 255 characters without /, :, \\ and control characters; letters, digits, _, - and . but for models and data",
  );
const version = z.string().refine(isAssetVersion, "1 to 100 letters, digits, _, - or .");
const label = z.string().refine(isAssetLabel, "1 to 255 letters, digits, _, - or .");
const kindParams = z.object({ kind });
const nameParams = z.object({ kind, name });
const versionParams = z.object({ kind, name, version });

const content = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("data"),
    type: z.enum(["uri_file", "uri_folder", "mltable"]),
    source: sourceSchema,
  }),
  z.object({ kind: z.literal("environment"), environment: environmentSchema }),
  z.object({
    kind: z.literal("model"),
    type: z.enum(["custom_model", "mlflow_model", "triton_model"]),
    source: sourceSchema,
    flavors: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ kind: z.literal("code"), source: snapshotRefSchema }),
]);

export const assetSchema = z
  .object({
    kind,
    name: z.string(),
    version: z.string(),
    content,
    description: z.string(),
    tags: stringMap,
    properties: stringMap,
    labels: z.array(z.string()),
    archived: z.boolean(),
    run: z.string().nullable().meta({ description: "The run that made it." }),
    createdBy: z.string(),
    createdAt: z.int(),
  })
  .meta({ id: "Asset" });
export type AssetBody = z.infer<typeof assetSchema>;

/** The compiler says here when core's types and these schemas part ways. */
export const asAssetContent = (parsed: z.output<typeof content>): AssetContent => parsed as AssetContent;
/** What is sent. Local paths must have become snapshots by then; the server refuses them. */
export const asWireContent = (sent: AssetContent): z.input<typeof content> => sent as z.input<typeof content>;
export const asWireAsset = (asset: AssetVersion): AssetBody => asset as AssetBody;

export const createAsset = endpoint({
  method: "POST",
  path: "/api/v1/assets/:kind",
  access: "job",
  summary: "Register a version of an asset",
  description:
    "Without a version the next whole number is taken. A version that exists is refused with conflict, unless its content is the same: then it is the answer. A source of a run is resolved to its files as they are now.",
  params: kindParams,
  body: z.object({
    name,
    version: version.optional(),
    content,
    description: z.string().max(5000).default(""),
    tags: stringMap.default({}),
    properties: stringMap.default({}),
    createdBy: z.string().max(250).optional(),
  }),
  maxBodyBytes: 8 << 20,
  response: assetSchema,
});

export const registerRunModel = endpoint({
  method: "POST",
  path: "/api/v1/runs/:run/models",
  access: "run",
  summary: "Register files that a run has kept as a version of a model",
  description:
    "What a job may do with its own token: a version of a model, made from the job's own files, with the job as what made it. Without a version the next whole number is taken; without a type it is mlflow_model where an MLmodel file lies in the folder, else custom_model.",
  params: z.object({ run: z.string() }),
  body: z.object({
    name,
    version: version.optional(),
    path: z.string().min(1).meta({ description: "Of a file or a folder among the run's artifacts." }),
    type: z.enum(["custom_model", "mlflow_model", "triton_model"]).optional(),
    flavors: z.record(z.string(), z.unknown()).optional(),
    description: z.string().max(5000).default(""),
    tags: stringMap.default({}),
    properties: stringMap.default({}),
  }),
  response: assetSchema,
});

export const listAssets = endpoint({
  method: "GET",
  path: "/api/v1/assets/:kind",
  access: "job",
  summary: "List the newest version of each name, or every version of one name; newest first",
  params: kindParams,
  query: z.object({
    name: z.string().optional(),
    archived: z.enum(["exclude", "include", "only"]).default("exclude"),
    limit: z.coerce.number().int().min(1).max(1000).default(1000),
    before: z
      .string()
      .regex(/^\d{1,15}$/, "the `next` of the page before: a number")
      .optional()
      .meta({ description: "The `next` of the page before." }),
  }),
  response: z.object({ assets: z.array(assetSchema), next: z.string().nullable() }),
});

export const getAsset = endpoint({
  method: "GET",
  path: "/api/v1/assets/:kind/:name",
  access: "job",
  summary: "Show a version: the one given, the one a label points at, or the latest",
  params: nameParams,
  query: z.object({ version: z.string().optional(), label: z.string().optional() }),
  response: assetSchema,
});

export const updateAsset = endpoint({
  method: "PATCH",
  path: "/api/v1/assets/:kind/:name/:version",
  access: "job",
  summary: "Change what is said of a version; its content never changes",
  description:
    "Tags change freely (null removes one); properties may only be added; a label moves here from where it was.",
  params: versionParams,
  body: z.object({
    description: z.string().max(5000).optional(),
    tags: z.record(z.string().min(1).max(250), z.string().max(5000).nullable()).optional(),
    properties: stringMap.optional(),
    addLabels: z.array(label).optional(),
    removeLabels: z.array(label).optional(),
    archived: z.boolean().optional(),
  }),
  response: assetSchema,
});

export const deleteAsset = endpoint({
  method: "DELETE",
  path: "/api/v1/assets/:kind/:name/:version",
  access: "user",
  summary: "Delete a version",
  description: "Runs that used it keep what they used; its number is not given again.",
  params: versionParams,
  response: z.object({ deleted: z.boolean() }),
});

const runLink = z.object({
  run: z.string(),
  experiment: z.string(),
  /** The input's or output's name. */
  as: z.string(),
});

export const lineageSchema = z
  .object({
    asset: assetSchema,
    madeBy: z
      .object({
        run: z.string(),
        experiment: z.string(),
        snapshot: z.string().nullable(),
        environment: environmentSchema,
        gitCommit: z.string().nullable(),
        gitRepository: z.string().nullable(),
        gitDirty: z.boolean().nullable(),
        inputs: z.array(z.object({ as: z.string(), kind, name: z.string(), version: z.string() })),
      })
      .nullable(),
    usedBy: z.array(runLink).meta({ description: "Runs that read it, newest first, at most 1000." }),
  })
  .meta({ id: "Lineage" });
export type LineageBody = z.infer<typeof lineageSchema>;

export const getLineage = endpoint({
  method: "GET",
  path: "/api/v1/assets/:kind/:name/:version/lineage",
  access: "user",
  summary: "Where a version comes from, and which runs read it",
  params: versionParams,
  response: lineageSchema,
});
