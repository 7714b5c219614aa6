// The answers of MLflow's REST interface, checked. What is empty is often left out.
import { z } from "zod";
import type { Pairs } from "./source.ts";

const text = z.string().default("");
const integer = z.coerce.number().int();
export const wireDouble = z
  .union([z.number(), z.string()])
  .transform((value) => (typeof value === "number" ? value : Number(value)));
const labels = z
  .array(z.object({ key: z.string(), value: text }))
  .default([])
  .transform((list): Pairs => list.map(({ key, value }) => [key, value]));
const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);
const token = z.string().optional();

export const experimentsAnswer = z.object({
  experiments: list(
    z.object({
      experiment_id: z.string(),
      name: z.string(),
      lifecycle_stage: text,
      creation_time: integer.optional(),
      last_update_time: integer.optional(),
      tags: labels,
    }),
  ),
  next_page_token: token,
});

const info = z.object({
  run_id: z.string(),
  run_name: text,
  user_id: text,
  status: z.string().default("RUNNING"),
  start_time: integer.default(0),
  end_time: integer.optional(),
  artifact_uri: text,
  lifecycle_stage: text,
});

export const runsAnswer = z.object({
  runs: list(z.object({ info: z.object({ run_id: z.string(), lifecycle_stage: text }) })),
  next_page_token: token,
});

const models = list(z.object({ model_id: z.string(), step: integer.default(0) }));

export const runAnswer = z.object({
  run: z.object({
    info,
    data: z
      .object({ metrics: list(z.object({ key: z.string() })), params: labels, tags: labels })
      .prefault({}),
    inputs: z
      .object({
        dataset_inputs: list(
          z.object({
            tags: labels,
            dataset: z.object({
              name: text,
              digest: text,
              source_type: text,
              source: text,
              schema: z.string().optional(),
              profile: z.string().optional(),
            }),
          }),
        ),
        model_inputs: models,
      })
      .prefault({}),
    outputs: z.object({ model_outputs: models }).prefault({}),
  }),
});

export const historyAnswer = z.object({
  metrics: list(z.object({ value: wireDouble, timestamp: integer, step: integer.default(0) })),
  next_page_token: token,
});

const loggedModel = z.object({
  info: z.object({
    model_id: z.string(),
    name: text,
    creation_timestamp_ms: integer,
    last_updated_timestamp_ms: integer,
    artifact_uri: text,
    status: text,
    status_message: z.string().optional(),
    model_type: z.string().optional(),
    source_run_id: z.string().optional(),
    tags: labels,
  }),
  data: z
    .object({
      params: labels,
      metrics: list(
        z.object({
          key: z.string(),
          value: wireDouble,
          timestamp: integer,
          step: integer.default(0),
          run_id: text,
          dataset_name: text,
          dataset_digest: text,
        }),
      ),
    })
    .prefault({}),
});
export const loggedModelAnswer = z.object({ model: loggedModel });
export const loggedModelsAnswer = z.object({ models: list(loggedModel), next_page_token: token });

export const filesAnswer = z.object({
  files: list(
    z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: integer.default(0) }),
  ),
  next_page_token: token,
});

export const registeredModelsAnswer = z.object({
  registered_models: list(
    z.object({
      name: z.string(),
      description: text,
      creation_timestamp: integer.default(0),
      tags: labels,
      aliases: list(z.object({ alias: z.string(), version: integer })),
    }),
  ),
  next_page_token: token,
});

export const versionsAnswer = z.object({
  model_versions: list(
    z.object({
      version: integer,
      source: text,
      run_id: text,
      model_id: text,
      description: text,
      current_stage: z.string().default("None"),
      tags: labels,
    }),
  ),
  next_page_token: token,
});
