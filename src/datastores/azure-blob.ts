// A datastore that is a container of Azure Blob Storage, or of anything that speaks its protocol.
import { Readable } from "node:stream";
import {
  AnonymousCredential,
  BlobServiceClient,
  RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { DatastoreFailed } from "./datastore-client.ts";
import type { DatastoreClient } from "./datastore-client.ts";
import { azureBlobUrl } from "./azure-blob-url.ts";
import { bareTag, explainBody, explainFault } from "./explain-fault.ts";
import type { StoreWords } from "./explain-fault.ts";
import { checkFilePath, checkFolderPath } from "./safe-path.ts";

type Values = Readonly<Record<string, string>>;

const partBytes = 8 << 20;
const partsAtOnce = 4;
const retryOptions = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2000 };

export function openAzureBlob(name: string, settings: Values, secrets: Values): DatastoreClient {
  const containerName = settings["container_name"] ?? "";
  const serviceUrl = azureBlobUrl(settings);
  const container = connect(name, serviceUrl, settings, secrets).getContainerClient(containerName);
  const words: StoreWords = {
    place: `the container ${containerName} of ${name}`,
    statusOf: (error) => (error instanceof RestError ? error.statusCode : undefined),
    codeOf: (error) => (error instanceof RestError ? error.code : undefined),
  };
  const fail = (error: unknown, signal: AbortSignal, path?: string) =>
    explainFault(error, signal, words, path);

  return {
    async *list(folder, signal) {
      const from = checkFolderPath(folder);
      const options = { abortSignal: signal, ...(from !== "" && { prefix: `${from}/` }) };
      try {
        for await (const { name: path, properties } of container.listBlobsFlat(options)) {
          // Tools that know folders mark them by an empty blob.
          if (path.endsWith("/") || isFolderMark(properties)) continue;
          yield { path, sizeBytes: properties.contentLength ?? 0, version: bareTag(properties.etag) };
        }
      } catch (error) {
        throw fail(error, signal, from === "" ? undefined : from);
      }
    },

    async stat(path, signal) {
      const blob = container.getBlobClient(checkFilePath(path));
      try {
        const facts = await blob.getProperties({ abortSignal: signal });
        if (facts.metadata?.["hdi_isfolder"] === "true") return undefined;
        return { path, sizeBytes: facts.contentLength ?? 0, version: bareTag(facts.etag) };
      } catch (error) {
        const isAbsent = error instanceof RestError && error.statusCode === 404;
        // Without its container the answer is no answer about the file.
        if (isAbsent && error.code !== "ContainerNotFound") return undefined;
        throw fail(error, signal, path);
      }
    },

    async read(path, { start = 0, version, signal }) {
      const blob = container.getBlobClient(checkFilePath(path));
      const conditions = version === undefined ? {} : { ifMatch: `"${version}"` };
      try {
        const answer = await blob.download(start, undefined, { conditions, abortSignal: signal });
        const md5 = start === 0 ? answer.contentMD5 : answer.blobContentMD5;
        const body = answer.readableStreamBody;
        if (!body) throw new DatastoreFailed("unavailable", `${path} in ${words.place} came without bytes`);
        return {
          path,
          sizeBytes: start + (answer.contentLength ?? 0),
          version: bareTag(answer.etag),
          md5: md5 && Buffer.from(md5).toString("hex"),
          body: explainBody(Readable.from(body), (error) => fail(error, signal, path)),
        };
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    async write(path, source, signal) {
      const blob = container.getBlockBlobClient(checkFilePath(path));
      try {
        // What was sent is a blob only once all of it has been sent, and committed.
        await blob.uploadStream(Readable.from(source, { objectMode: false }), partBytes, partsAtOnce, {
          abortSignal: signal,
        });
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    addressOf: (path) =>
      [serviceUrl, containerName, ...path.split("/").map(encodeURIComponent)]
        .filter((part) => part !== "")
        .join("/"),
  };
}

function connect(name: string, url: string, settings: Values, secrets: Values): BlobServiceClient {
  const { account_key: key, sas_token: sas } = secrets;
  if (key !== undefined) {
    const account = settings["account_name"] ?? "";
    return new BlobServiceClient(url, new StorageSharedKeyCredential(account, key), { retryOptions });
  }
  if (sas !== undefined) {
    return new BlobServiceClient(`${url}?${sas.replace(/^\?/, "")}`, new AnonymousCredential(), {
      retryOptions,
    });
  }
  if (secrets["client_secret"] !== undefined || secrets["certificate"] !== undefined) {
    throw new DatastoreFailed(
      "invalid",
      `the datastore ${name} has the credentials of a service principal, which this version cannot use; give it an account_key or a sas_token`,
    );
  }
  return new BlobServiceClient(url, new AnonymousCredential(), { retryOptions });
}

const isFolderMark = (properties: { contentLength?: number; customerProvidedKeySha256?: string }): boolean =>
  "ResourceType" in properties && properties.ResourceType === "directory";
