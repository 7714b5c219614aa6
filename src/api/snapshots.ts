// Snapshots and the blobs they are made of. Only what the server has not got travels.
import { z } from "zod";
import { isHash, isSafePath } from "../core/snapshot.ts";
import { endpoint, raw } from "./endpoint.ts";

const hash = z.string().refine(isHash, "a SHA-256: 64 hexadecimal digits");

export const manifestSchema = z
  .object({
    version: z.literal(1),
    files: z.array(
      z.object({
        path: z.string().refine(isSafePath, "a relative path inside the tree"),
        hash,
        sizeBytes: z.int().min(0),
        executable: z.boolean(),
      }),
    ),
    emptyDirectories: z.array(z.string().refine(isSafePath, "a relative path inside the tree")),
  })
  .meta({ id: "SnapshotManifest" });

export const putSnapshot = endpoint({
  method: "POST",
  path: "/api/v1/snapshots",
  access: "job",
  summary: "Store a snapshot, or learn which blobs it still needs",
  description:
    "Call it, upload what `missing` names, call it again: with nothing missing the snapshot is stored and durable.",
  body: manifestSchema,
  maxBodyBytes: 256 << 20,
  response: z.object({ id: z.string(), missing: z.array(z.string()), stored: z.boolean() }),
});

export const getSnapshot = endpoint({
  method: "GET",
  path: "/api/v1/snapshots/:snapshot",
  access: "content",
  summary: "Read a snapshot's manifest",
  params: z.object({ snapshot: hash }),
  response: manifestSchema,
});

export const hasSnapshot = endpoint({
  method: "GET",
  path: "/api/v1/snapshots/:snapshot/stored",
  access: "job",
  summary: "Whether a snapshot is stored",
  description: "For a snapshot of many files that is a shorter question than sending its manifest.",
  params: z.object({ snapshot: hash }),
  response: z.object({ stored: z.boolean() }),
});

export const missingBlobs = endpoint({
  method: "POST",
  path: "/api/v1/blobs/missing",
  access: "content",
  summary: "Which of these blobs the server has not got",
  body: z.object({ hashes: z.array(hash).max(200_000) }),
  maxBodyBytes: 32 << 20,
  response: z.object({ missing: z.array(z.string()) }),
});

export const putBlobs = endpoint({
  method: "POST",
  path: "/api/v1/blobs",
  access: "content",
  summary: "Store many blobs in one request",
  body: raw(
    "application/octet-stream",
    "Frames: 32 bytes SHA-256, 8 bytes big-endian size, the bytes; repeated.",
  ),
  response: z.object({ stored: z.int(), sizeBytes: z.int() }),
});

export const putBlob = endpoint({
  method: "PUT",
  path: "/api/v1/blobs/:hash",
  access: "content",
  summary: "Store one blob",
  params: z.object({ hash }),
  body: raw("application/octet-stream", "The bytes; refused when they do not hash to the name."),
  response: z.object({ hash: z.string(), sizeBytes: z.int() }),
});

export const mostLocalFiles = 10_000;

export const storeLocalFiles = endpoint({
  method: "POST",
  path: "/api/v1/blobs/local-files",
  access: "user",
  summary: "Store files of the server's own machine",
  description:
    "The server reads them where they lie, so that their bytes need not travel. Only for the user whose server it is: `caller` names an empty file that the caller has made in the folder `callers` of the server's home. A file is stored as it was when `stat` was asked, or not at all.",
  body: z.object({
    caller: z.uuid(),
    files: z
      .array(
        z.object({
          path: z.string().regex(/^\/[^\0]*$/, "an absolute path"),
          sizeBytes: z.int().min(0),
          modifiedMs: z.number(),
          changedMs: z.number(),
          inode: z.number(),
        }),
      )
      .max(mostLocalFiles),
  }),
  maxBodyBytes: 64 << 20,
  response: z.object({
    hashes: z
      .array(z.string().nullable())
      .describe("One a file; null when it cannot be read, or is not any more what `stat` said."),
    newBlobs: z.int().describe("How many were not stored before."),
    newBytes: z.int(),
  }),
});

export const getBlob = endpoint({
  method: "GET",
  path: "/api/v1/blobs/:hash",
  access: "content",
  summary: "Read a blob",
  params: z.object({ hash }),
  response: raw("application/octet-stream", "The bytes."),
});

export const readBlobs = endpoint({
  method: "POST",
  path: "/api/v1/blobs/read",
  access: "content",
  summary: "Read many blobs in one request",
  description:
    "In the order asked for. Meant for small ones: a request that breaks off is made again as a whole.",
  body: z.object({ hashes: z.array(hash).min(1).max(2000) }),
  response: raw(
    "application/octet-stream",
    "Frames: 32 bytes SHA-256, 8 bytes big-endian size, the bytes; repeated.",
  ),
});
