// A datastore that is a bucket of Amazon S3, or of anything that speaks its protocol.
import { Readable } from "node:stream";
import { S3Client, GetObjectCommand, HeadObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { DatastoreFailed } from "./datastore-client.ts";
import type { DatastoreClient } from "./datastore-client.ts";
import { bareTag, explainBody, explainFault } from "./explain-fault.ts";
import type { StoreWords } from "./explain-fault.ts";
import { checkFilePath, checkFolderPath } from "./safe-path.ts";
import { putInParts } from "./s3-put.ts";

type Values = Readonly<Record<string, string>>;

export function openS3(name: string, settings: Values, secrets: Values): DatastoreClient {
  const Bucket = settings["bucket"] ?? "";
  const client = new S3Client(configOf(settings, secrets));
  const words: StoreWords = {
    place: `the bucket ${Bucket} of ${name}`,
    statusOf,
    codeOf: (error) => (error instanceof Error && statusOf(error) !== undefined ? error.name : undefined),
  };
  const fail = (error: unknown, signal: AbortSignal, path?: string) =>
    explainFault(error, signal, words, path);

  return {
    async *list(folder, signal) {
      const from = checkFolderPath(folder);
      const request = { Bucket, ...(from !== "" && { Prefix: `${from}/` }) };
      try {
        for await (const page of paginateListObjectsV2({ client }, request)) {
          signal.throwIfAborted();
          for (const { Key: path = "", Size: sizeBytes = 0, ETag } of page.Contents ?? []) {
            // Tools that know folders mark them by an empty object.
            if (path !== "" && !path.endsWith("/")) yield { path, sizeBytes, version: bareTag(ETag) };
          }
        }
      } catch (error) {
        throw fail(error, signal, from === "" ? undefined : from);
      }
    },

    async stat(path, signal) {
      checkFilePath(path);
      try {
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: path }), { abortSignal: signal });
        return { path, sizeBytes: head.ContentLength ?? 0, version: bareTag(head.ETag) };
      } catch (error) {
        if (typeof error === "object" && error !== null && statusOf(error) === 404) return undefined;
        throw fail(error, signal, path);
      }
    },

    async read(path, { start = 0, version, signal }) {
      checkFilePath(path);
      const request = {
        Bucket,
        Key: path,
        ...(start > 0 && { Range: `bytes=${start}-` }),
        ...(version !== undefined && { IfMatch: `"${version}"` }),
      };
      try {
        const answer = await client.send(new GetObjectCommand(request), { abortSignal: signal });
        if (!(answer.Body instanceof Readable)) {
          throw new DatastoreFailed("unavailable", `${path} in ${words.place} came without bytes`);
        }
        const etag = bareTag(answer.ETag);
        // Not every server heeds IfMatch.
        if (version !== undefined && version !== etag) {
          answer.Body.destroy();
          throw new DatastoreFailed("changed", `${path} in ${words.place} changed while it was read`);
        }
        const isPlain =
          (answer.ServerSideEncryption ?? "AES256") === "AES256" && !answer.SSECustomerAlgorithm;
        return {
          path,
          sizeBytes: start + (answer.ContentLength ?? 0),
          version: etag,
          // Of objects sent in parts, or encrypted with a key of one's own, the etag is no digest of the bytes.
          md5: isPlain && /^[0-9a-f]{32}$/.test(etag) ? etag : undefined,
          body: explainBody(answer.Body, (error) => fail(error, signal, path)),
        };
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    async write(path, source, signal) {
      checkFilePath(path);
      try {
        await putInParts(client, { Bucket, Key: path }, source, signal);
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    addressOf: (path) => `s3://${Bucket}/${path}`,
  };
}

function configOf(settings: Values, secrets: Values): S3ClientConfig {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token } = secrets;
  const { endpoint } = settings;
  return {
    region: settings["region"] ?? "us-east-1",
    ...(endpoint !== undefined && {
      endpoint: /^https?:/i.test(endpoint) ? endpoint : `https://${endpoint}`,
    }),
    // Servers of one's own seldom have a name for each bucket.
    forcePathStyle: (settings["force_path_style"] ?? String(endpoint !== undefined)) === "true",
    maxAttempts: 3,
    // Servers other than Amazon's often do not know the newer checksums, and take their framing for content.
    requestChecksumCalculation: "WHEN_REQUIRED",
    ...(accessKeyId !== undefined && secretAccessKey !== undefined
      ? {
          credentials: {
            accessKeyId,
            secretAccessKey,
            ...(session_token !== undefined && { sessionToken: session_token }),
          },
        }
      : // A public bucket is read without a name. The agent's own credentials are not the datastore's.
        { signer: { sign: (request) => Promise.resolve(request) }, credentials: nobody }),
  };
}

const nobody = { accessKeyId: "", secretAccessKey: "" };

const statusOf = (error: object): number | undefined => {
  if (!("$metadata" in error)) return undefined;
  const { $metadata: facts } = error;
  if (typeof facts !== "object" || facts === null || !("httpStatusCode" in facts)) return undefined;
  return typeof facts.httpStatusCode === "number" ? facts.httpStatusCode : undefined;
};
