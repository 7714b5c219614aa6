// A client for uploads that waits for a server which is away for a moment, and goes on with it when it is back.
import type { BlobClient } from "../../api/upload-blobs.ts";
import type { StreamClient } from "../../api/blob-stream.ts";
import type { Client } from "../../api/client.ts";
import type { Connection } from "../connect/connect.ts";
import { connect } from "../connect/connect.ts";
import { createLink } from "../connect/link.ts";
import type { Link } from "../connect/link.ts";
import type { Context } from "../context.ts";

export interface PatientClient
  extends BlobClient, StreamClient, Pick<Client, "putSnapshot" | "hasSnapshot" | "storeLocalFiles"> {
  /** An ordinary client of the server that answered last. */
  latest(): Promise<Client>;
}

/**
 * `connection` is asked for when the first call is made, and rejects when nothing may be sent. Bodies that are
 * streams have to begin anew whenever they are iterated.
 */
export function createPatientClient(
  connection: () => Promise<Connection>,
  context: Context,
  signal: AbortSignal = new AbortController().signal,
): PatientClient {
  let link: Promise<Link> | undefined;
  let newest: Connection | undefined;
  const { clock, io } = context;
  const open = async () =>
    createLink((newest = await connection()), {
      connect: async () => (newest = await connect(context, { start: "crashed" })),
      clock,
      signal,
      onAway: () => io.note("The server does not answer; the upload waits for it."),
      onBack: () => io.note("The server is back; the upload goes on."),
    });
  const use: Link["use"] = async (act, own) => (await (link ??= open())).use(act, own);
  return {
    latest: async () => (newest ??= await connection()).client,
    putSnapshot: (request, options) =>
      use((client, call) => client.putSnapshot(request, call), options?.signal),
    hasSnapshot: (request, options) =>
      use((client, call) => client.hasSnapshot(request, call), options?.signal),
    storeLocalFiles: (request, options) =>
      use((client, call) => client.storeLocalFiles(request, call), options?.signal),
    missingBlobs: (request, options) =>
      use((client, call) => client.missingBlobs(request, call), options?.signal),
    putBlobs: (request, options) => use((client, call) => client.putBlobs(request, call), options?.signal),
    putBlob: (request, options) => use((client, call) => client.putBlob(request, call), options?.signal),
  };
}
