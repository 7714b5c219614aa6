// The canonical job spec on the wire. The types are core's; the checks here keep a stranger's request honest.
import { z } from "zod";
import type { Command, CommandPart } from "../core/command.ts";
import { dataTypes, inputModes } from "../core/job-spec.ts";
import type { JobSpec } from "../core/job-spec.ts";
import { isComputeName, isExperimentName, isJobName } from "../core/names.ts";
import { isHash } from "../core/snapshot.ts";
import { sweepSchema, trialOfSchema } from "./sweep-spec.ts";

const text = z.string().max(1 << 20);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "a variable name: letters, digits and _");
export const stringMap = z.record(z.string().min(1).max(250), z.string().max(5000));
/** In answers: a run's own records may hold longer keys and texts than a request may. */
export const anyStringMap = z.record(z.string(), z.string());

export const snapshotRefSchema = z.object({
  kind: z.literal("snapshot"),
  id: z.string().refine(isHash, "a snapshot id: 64 hexadecimal digits"),
  file: z.string().optional(),
});
const sources = [
  snapshotRefSchema,
  z.object({
    kind: z.literal("asset"),
    name: z.string(),
    version: z.string().optional(),
    label: z.string().optional(),
  }),
  z.object({ kind: z.literal("uri"), uri: z.string() }),
  z.object({ kind: z.literal("datastore"), datastore: z.string(), path: z.string() }),
  z.object({ kind: z.literal("run"), run: z.string(), path: z.string() }),
] as const;
export const sourceSchema = z.discriminatedUnion("kind", sources);
const source = sourceSchema;

const commandPart: z.ZodType<CommandPart, CommandPart> = z.lazy(() =>
  z.union([
    z.object({ text }).strict(),
    z.object({ binding: z.enum(["inputs", "outputs", "search_space"]), name: z.string() }).strict(),
    z.object({ optional: z.array(commandPart) }).strict(),
  ]),
);
const command: z.ZodType<Command, Command> = z.object({ source: text.min(1), parts: z.array(commandPart) });

const input = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("literal"), value: z.union([z.string(), z.number(), z.boolean()]) }),
  z.object({ kind: z.literal("absent") }),
  z.object({
    kind: z.literal("data"),
    source,
    mode: z.enum(inputModes),
    type: z.enum(dataTypes).optional(),
    description: z.string().optional(),
    asset: z.object({ kind: z.enum(["data", "model"]), name: z.string(), version: z.string() }).optional(),
  }),
]);

const output = z.object({
  type: z.enum(dataTypes),
  mode: z.enum(["rw_mount", "upload", "direct"]),
  path: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
});

const conda = z.object({
  name: z.string().optional(),
  channels: z.array(z.string()).optional(),
  dependencies: z.array(z.union([z.string(), z.object({ pip: z.array(z.string()) })])).optional(),
  prefix: z.string().optional(),
  variables: z.record(z.string(), z.string()).optional(),
});

export const environmentSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  reference: sources[1].optional(),
  image: z.string().optional(),
  build: z
    .object({
      dockerfile: text,
      dockerfilePath: z.string().optional(),
      context: snapshotRefSchema.optional(),
    })
    .optional(),
  useContainer: z.boolean().optional(),
  conda: conda.optional(),
  pip: z.array(z.string()).optional(),
  userManaged: z.object({ interpreter: z.string() }).optional(),
  osType: z.enum(["linux", "windows"]).optional(),
  environmentVariables: z.record(variableName, z.string()).optional(),
  description: z.string().optional(),
  tags: stringMap.optional(),
});

const distribution = z.discriminatedUnion("type", [
  z.object({ type: z.literal("pytorch"), processCount: z.int().min(1).optional() }),
  z.object({
    type: z.literal("tensorflow"),
    workerCount: z.int().min(1).optional(),
    parameterServerCount: z.int().min(0),
  }),
  z.object({ type: z.literal("mpi"), processCountPerInstance: z.int().min(1) }),
]);

export const jobSpecSchema = z
  .object({
    kind: z.literal("command"),
    dialect: z.enum(["A", "B", "C"]),
    name: z
      .string()
      .refine(isJobName, "1 to 256 letters, digits, _, - or ., starting with a letter, a digit or _")
      .optional(),
    displayName: z.string().max(1000).optional(),
    experimentName: z.string().refine(isExperimentName, "1 to 255 characters without slashes"),
    description: z.string().max(5000).optional(),
    tags: stringMap,
    properties: stringMap,
    code: source.optional(),
    command,
    inputs: z.record(z.string(), input),
    outputs: z.record(z.string(), output),
    environment: environmentSchema,
    environmentVariables: z.record(variableName, z.string()),
    compute: z.object({
      target: z.string().refine(isComputeName, "a compute name: 2 to 32 letters, digits and hyphens"),
      instanceCount: z.int().min(1).max(10_000),
      instanceType: z.string().optional(),
    }),
    distribution: distribution.optional(),
    resources: z.object({ shmSize: z.string().optional(), dockerArgs: z.string().optional() }).optional(),
    timeoutSeconds: z.number().positive().optional(),
    output: z.object({ datastore: z.string().optional(), path: z.string().optional() }).optional(),
    identity: z.record(z.string(), z.unknown()).optional(),
    services: z.record(z.string(), z.unknown()).optional(),
    queueSettings: z.record(z.string(), z.unknown()).optional(),
    sweep: sweepSchema
      .optional()
      .meta({ description: "Makes the job a sweep; the rest is what its trials are." }),
    trial: trialOfSchema
      .optional()
      .meta({ description: "Which trial of which sweep; set by the server only." }),
  })
  .meta({ id: "JobSpec" });

/** The compiler says here when core's type and this schema part ways. */
export const asJobSpec = (parsed: z.output<typeof jobSpecSchema>): JobSpec => parsed as JobSpec;

/** The other way: what is sent. Local paths must have become snapshots by then; the server refuses them. */
export const asWireSpec = (spec: JobSpec): z.input<typeof jobSpecSchema> =>
  spec as z.input<typeof jobSpecSchema>;
