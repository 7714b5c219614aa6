// Artifacts: the files of a run. Finished ones are blobs by content; growing ones (logs) are appended by offset.
import { z } from "zod";
import { isHash, isSafePath } from "../core/snapshot.ts";
import { endpoint, raw } from "./endpoint.ts";

const params = z.object({ run: z.string() });
export const artifactPath = z
  .string()
  .refine(isSafePath, "a relative path with / between its parts and no . or .. part")
  .meta({ description: "The artifact's name, such as outputs/model.pkl." });

export const artifactSchema = z
  .object({
    path: z.string(),
    sizeBytes: z.int(),
    hash: z.string().nullable().meta({ description: "SHA-256; null while it may still grow." }),
    growing: z.boolean(),
    createdAt: z.int(),
    aliasOf: z.string().nullable().meta({ description: "Another name of this run's with the same bytes." }),
  })
  .meta({ id: "Artifact" });
export type Artifact = z.infer<typeof artifactSchema>;

export const listArtifacts = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/artifacts",
  access: "family",
  summary: "List a run's files, by path",
  params,
  query: z.object({
    prefix: z.string().default(""),
    after: z.string().default("").meta({ description: "Paths after this one." }),
    limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  }),
  response: z.object({ artifacts: z.array(artifactSchema), next: z.string().nullable() }),
});

export const readArtifact = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/artifacts/content",
  access: "family",
  summary: "Read a file's bytes, or follow it while it grows",
  description: "Without `end` to the end. With `follow`, the answer goes on until the file can grow no more.",
  params,
  query: z.object({
    path: artifactPath,
    start: z.coerce.number().int().min(0).default(0),
    end: z.coerce.number().int().min(0).optional().meta({ description: "First byte not wanted." }),
    follow: z.stringbool().default(false),
  }),
  response: raw("application/octet-stream", "The bytes."),
});

export const linkArtifact = endpoint({
  method: "POST",
  path: "/api/v1/runs/:run/artifacts",
  access: "run",
  summary: "Give a stored blob a name in a run",
  description: "The same name with the same bytes changes nothing; with other bytes the newer one wins.",
  params,
  body: z.object({
    artifacts: z
      .array(z.object({ path: artifactPath, hash: z.string().refine(isHash, "64 hexadecimal digits") }))
      .min(1)
      .max(10_000),
  }),
  response: z.object({ linked: z.int(), replaced: z.array(z.string()) }),
});

export const putArtifact = endpoint({
  method: "PUT",
  path: "/api/v1/runs/:run/artifacts",
  access: "ancestor",
  summary: "Store a file in a run",
  params,
  query: z.object({ path: artifactPath }),
  body: raw("application/octet-stream", "The whole file, streamed."),
  response: artifactSchema,
});

/** What one call may bring of whole files, so that it stays a small one. */
export const mostFinishedBytes = 256 << 10;

export const wholeFileSchema = z.object({
  path: artifactPath,
  alias: artifactPath.optional(),
  base64: z.base64().max(Math.ceil(mostFinishedBytes / 3) * 4),
});
export type WholeFile = z.infer<typeof wholeFileSchema>;

export const appendArtifact = endpoint({
  method: "PUT",
  path: "/api/v1/runs/:run/artifacts/append",
  access: "run",
  summary: "Append to a growing file",
  description:
    "Bytes from `offset` on. Sending bytes again changes nothing; a gap is refused with conflict and details.expected. `durable` in the answer says how much would survive a power cut; `close` makes all of it durable and the file complete.",
  params,
  query: z.object({
    path: artifactPath,
    offset: z.coerce.number().int().min(0),
    close: z.stringbool().default(false),
    alias: artifactPath.optional().meta({ description: "A second name for the same bytes." }),
  }),
  body: raw("application/octet-stream", "The bytes, streamed."),
  response: z.object({ sizeBytes: z.int(), durableBytes: z.int() }),
});
