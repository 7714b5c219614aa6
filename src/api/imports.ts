// Moving another tracking store over: what the other interfaces cannot carry (ids, times, where a thing came from).
import { z } from "zod";
import { isHash, isSafePath } from "../core/snapshot.ts";
import { endpoint, raw } from "./endpoint.ts";

const wireNumber = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
const pairs = z.array(z.tuple([z.string().min(1), z.string()]));
const milliseconds = z.int().min(0);
const text = z.string().min(1);
const origin = text.meta({
  description: "What holds the thing over there. The same origin and id mean the same thing, for good.",
});
const path = z.string().refine(isSafePath, "a relative path with / between its parts and no . or .. part");

export const importExperiment = endpoint({
  method: "POST",
  path: "/api/v1/imports/experiments",
  access: "user",
  summary: "Take over an experiment, or find the one that was taken over",
  description:
    "Refused with conflict when an experiment of that name came from elsewhere. Experiment 0 is everybody's.",
  body: z.object({
    origin,
    sourceId: text,
    name: text.max(500),
    createdAt: milliseconds.nullable(),
    updatedAt: milliseconds.nullable(),
    deleted: z.boolean(),
    tags: pairs,
  }),
  response: z.object({ id: z.string(), created: z.boolean() }),
});

const dataset = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  schema: z.string().nullable(),
  profile: z.string().nullable(),
  tags: pairs,
});

export const importedRunSchema = z
  .object({
    name: z.string(),
    user: z.string(),
    status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
    startedAt: milliseconds,
    endedAt: milliseconds.nullable(),
    deleted: z.boolean(),
    params: pairs,
    tags: pairs,
    datasets: z.array(dataset),
    inputModels: z.array(text),
    outputModels: z.array(z.object({ id: text, step: z.int() })),
  })
  .meta({ id: "ImportedRun" });
export type ImportedRun = z.infer<typeof importedRunSchema>;

export const importRun = endpoint({
  method: "POST",
  path: "/api/v1/imports/runs",
  access: "user",
  summary: "Take over a run, or bring the one that was taken over up to date",
  description:
    "It keeps its id when that is free here. Params, tags and datasets that are given are set; others stay.",
  body: importedRunSchema.extend({ experiment: text, origin, sourceId: text }),
  maxBodyBytes: 64 << 20,
  response: z.object({ id: z.string(), created: z.boolean() }),
});

export const importPoints = endpoint({
  method: "POST",
  path: "/api/v1/imports/runs/:run/points",
  access: "user",
  summary: "Take over points of a run's metrics",
  description: "In columns of the same length. A point that is there already is not stored twice.",
  params: z.object({ run: text }),
  body: z.object({
    series: z.array(
      z.object({
        name: text,
        at: z.array(milliseconds),
        steps: z.array(z.int()),
        values: z.array(wireNumber),
      }),
    ),
  }),
  maxBodyBytes: 32 << 20,
  response: z.object({}),
});

export const importedModelSchema = z
  .object({
    name: text,
    modelType: z.string().nullable(),
    sourceRun: text.nullable(),
    status: z.string(),
    statusMessage: z.string().nullable(),
    createdAt: milliseconds,
    updatedAt: milliseconds,
    deleted: z.boolean(),
    params: pairs,
    tags: pairs,
    metrics: z.array(
      z.object({
        name: text,
        value: wireNumber,
        step: z.int(),
        at: milliseconds,
        run: z.string(),
        datasetName: z.string(),
        datasetDigest: z.string(),
      }),
    ),
  })
  .meta({ id: "ImportedModel" });
export type ImportedModel = z.infer<typeof importedModelSchema>;

export const importModel = endpoint({
  method: "POST",
  path: "/api/v1/imports/models",
  access: "user",
  summary: "Take over a logged model, or bring the one that was taken over up to date",
  description: "It keeps its id; refused with conflict when another model has that.",
  body: importedModelSchema.extend({ experiment: text, origin, id: text }),
  maxBodyBytes: 32 << 20,
  response: z.object({ created: z.boolean() }),
});

const owner = text.meta({ description: "A run or a logged model, by its id here." });

export const importFiles = endpoint({
  method: "POST",
  path: "/api/v1/imports/files",
  access: "user",
  summary: "Give stored blobs names in a run or in a logged model",
  body: z.object({
    owner,
    files: z
      .array(z.object({ path, hash: z.string().refine(isHash, "64 hexadecimal digits") }))
      .min(1)
      .max(10_000),
  }),
  response: z.object({ linked: z.int() }),
});

export const importFile = endpoint({
  method: "PUT",
  path: "/api/v1/imports/files",
  access: "user",
  summary: "Store a file in a run or in a logged model",
  query: z.object({ owner, path }),
  body: raw("application/octet-stream", "The whole file, streamed."),
  response: z.object({ hash: z.string(), sizeBytes: z.int() }),
});

const importedFiles = z.array(
  z.object({ path: z.string(), sizeBytes: z.int(), hash: z.string().nullable() }),
);

export const importedState = endpoint({
  method: "POST",
  path: "/api/v1/imports/state",
  access: "user",
  summary: "What is here of runs and logged models that may have been taken over",
  description: "Read from what is stored, for a comparison with the other side. Null where there is nothing.",
  body: z.object({
    runs: z.array(z.object({ origin, sourceId: text })).max(100),
    models: z.array(z.object({ origin, sourceId: text })).max(100),
  }),
  response: z.object({
    runs: z.array(
      importedRunSchema
        .extend({
          id: z.string(),
          experiment: z.string(),
          series: z.array(
            z.object({
              name: z.string(),
              count: z.int(),
              hash: z.string().meta({ description: "Of the points by time, step and value." }),
            }),
          ),
          files: importedFiles,
        })
        .nullable(),
    ),
    models: z.array(importedModelSchema.extend({ files: importedFiles }).nullable()),
  }),
});

export const markImport = endpoint({
  method: "POST",
  path: "/api/v1/imports/marks",
  access: "user",
  summary: "Say where a registered model came from, or ask",
  description: "With a target: says it, unless it was said before. Answers what was said, null for nothing.",
  body: z.object({ kind: z.enum(["registered-model"]), origin, sourceId: text, target: text.optional() }),
  response: z.object({ target: z.string().nullable() }),
});
