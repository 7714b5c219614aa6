// Datastores: named places for files. Their secrets have endpoints of their own, for those who need them.
import { z } from "zod";
import { datastoreTypes, isDatastoreName } from "../core/datastore.ts";
import { isSafePath } from "../core/snapshot.ts";
import { endpoint, raw } from "./endpoint.ts";
import { stringMap } from "./job-spec.ts";

const params = z.object({
  datastore: z.string().refine(isDatastoreName, "2 to 255 letters, digits, _ and -"),
});
const secrets = z.record(z.string().min(1).max(100), z.string().min(1).max(10_000));

export const datastoreSchema = z
  .object({
    name: z.string(),
    type: z.enum(datastoreTypes),
    settings: stringMap,
    credentialNames: z.array(z.string()),
    isDefault: z.boolean(),
    description: z.string(),
    tags: stringMap,
    createdAt: z.int(),
  })
  .meta({ id: "Datastore" });
export type DatastoreBody = z.infer<typeof datastoreSchema>;

export const saveDatastore = endpoint({
  method: "PUT",
  path: "/api/v1/datastores/:datastore",
  access: "user",
  summary: "Create a datastore, or change one",
  description:
    "Secrets that are not sent stay as they are; they are in no answer but that of the secrets endpoints.",
  params,
  body: z.object({
    type: z.enum(datastoreTypes),
    settings: stringMap,
    secrets: secrets.optional(),
    isDefault: z.boolean().optional(),
    description: z.string().max(5000).optional(),
    tags: stringMap.optional(),
  }),
  response: datastoreSchema,
});

export const listDatastores = endpoint({
  method: "GET",
  path: "/api/v1/datastores",
  access: "job",
  summary: "List datastores, by name",
  response: z.object({ datastores: z.array(datastoreSchema) }),
});

export const getDatastore = endpoint({
  method: "GET",
  path: "/api/v1/datastores/:datastore",
  access: "job",
  summary: "Show a datastore, without its secrets",
  params,
  response: datastoreSchema,
});

export const deleteDatastore = endpoint({
  method: "DELETE",
  path: "/api/v1/datastores/:datastore",
  access: "user",
  summary: "Forget a datastore; its files stay where they are",
  params,
  response: z.object({ deleted: z.boolean() }),
});

export const getDatastoreSecrets = endpoint({
  method: "GET",
  path: "/api/v1/datastores/:datastore/secrets",
  access: "user",
  summary: "Read a datastore's secrets",
  params,
  response: z.object({ secrets }),
});

export const getAttemptDatastore = endpoint({
  method: "GET",
  path: "/api/v1/attempts/:attempt/datastores/:datastore",
  access: "agent",
  summary: "What an agent needs to reach a datastore that the attempt's job names",
  description: "Any other datastore is refused, and so is an attempt that has ended.",
  params: z.object({ attempt: z.string(), datastore: z.string() }),
  response: z.object({ datastore: datastoreSchema, secrets }),
});

const filePath = z
  .string()
  .refine(isSafePath, "a relative path with / between its parts and no . or .. part")
  .meta({ description: "Of a file in the datastore, such as mnist/train.csv." });

export const listDatastoreFiles = endpoint({
  method: "GET",
  path: "/api/v1/datastores/:datastore/files",
  access: "job",
  summary: "List a datastore's files",
  description:
    "A line of JSON a file, in no order: `path` and `sizeBytes`. The server asks the store, so its secrets stay there. A job reaches the default datastore and those that it names.",
  params,
  query: z.object({
    folder: z.string().default("").meta({ description: "Only files below it." }),
  }),
  response: raw("application/x-ndjson", "The files."),
});

export const readDatastoreFile = endpoint({
  method: "GET",
  path: "/api/v1/datastores/:datastore/content",
  access: "job",
  summary: "Read a file of a datastore",
  params,
  query: z.object({ path: filePath }),
  response: raw("application/octet-stream", "The bytes."),
});

export const writeDatastoreFile = endpoint({
  method: "PUT",
  path: "/api/v1/datastores/:datastore/content",
  access: "job",
  summary: "Write a file of a datastore",
  description:
    "Others see the old file or the whole new one. One that is there is refused with conflict, unless `overwrite`.",
  params,
  query: z.object({ path: filePath, overwrite: z.stringbool().default(false) }),
  body: raw("application/octet-stream", "The bytes."),
  response: z.object({ path: z.string(), sizeBytes: z.int() }),
});
