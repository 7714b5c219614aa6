// Files of datastores, for clients that cannot reach a store themselves: the server asks it, and keeps the secrets.
import { Refused } from "../../core/refused.ts";
import type { RefusedCode } from "../../core/refused.ts";
import { DatastoreFailed } from "../../datastores/datastore-client.ts";
import type { DatastoreClient, DatastoreFault, DatastoreFile } from "../../datastores/datastore-client.ts";
import { openDatastore } from "../../datastores/open-datastore.ts";
import { findJob } from "../../store/jobs.ts";
import { isRegisteredPlace } from "../../store/registered-places.ts";
import type { Call, SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { datastoresReachedBy } from "../jobs/datastores-of-job.ts";
import { usableDatastore } from "../assets/find-datastore.ts";
import { openSecrets } from "../assets/open-secrets.ts";

export function datastoreFileRoutes(
  context: ServerContext,
): SomeHandlers<"listDatastoreFiles" | "readDatastoreFile" | "writeDatastoreFile"> {
  const { store } = context;
  /** `readAt` is the path that is only read. */
  const open = async (name: string, { identity }: Call, readAt?: string): Promise<DatastoreClient> => {
    const isShared = readAt !== undefined && (await isRegisteredPlace(store.db, name, readAt));
    if (identity?.kind === "job" && !isShared) await refuseStrangeDatastore(context, identity.run, name);
    const datastore = await usableDatastore(store.db, name);
    return openDatastore(datastore, await openSecrets(context, name));
  };

  return {
    async listDatastoreFiles({ params, query }, call) {
      const client = await open(params.datastore, call, query.folder);
      const files = client.list(query.folder, call.signal)[Symbol.asyncIterator]();
      // The first one tells whether the store answers at all, while there is still a status to choose.
      const first = await told(() => files.next());
      return { body: linesOf(first, files) };
    },

    async readDatastoreFile({ params, query }, call) {
      const client = await open(params.datastore, call, query.path);
      const { sizeBytes, body } = await told(() => client.read(query.path, { signal: call.signal }));
      return { body, headers: { "content-length": String(sizeBytes) } };
    },

    async writeDatastoreFile({ params, query, body }, call) {
      const client = await open(params.datastore, call);
      return told(async () => {
        if (!query.overwrite && (await client.stat(query.path, call.signal))) {
          throw new Refused(
            "conflict",
            `datastore ${params.datastore} has a file ${query.path} already`,
            "ask to overwrite it, or choose another path",
          );
        }
        let sizeBytes = 0;
        const counted = async function* () {
          for await (const chunk of body) {
            sizeBytes += chunk.byteLength;
            yield chunk;
          }
        };
        await client.write(query.path, counted(), call.signal);
        return { path: query.path, sizeBytes };
      });
    },
  };
}

async function refuseStrangeDatastore({ store }: ServerContext, run: string, name: string): Promise<void> {
  const job = await findJob(store.db, run);
  const reached = job ? await datastoresReachedBy(store.db, job.spec) : new Set<string>();
  if (reached.has(name)) return;
  throw new Refused(
    "forbidden",
    `the token of job ${run} does not reach the datastore ${name}; it reaches ${[...reached].join(", ")}`,
    "name it as an input or an output of the job, or register what it is to read",
  );
}

async function* linesOf(
  first: IteratorResult<DatastoreFile>,
  rest: AsyncIterator<DatastoreFile>,
): AsyncGenerator<Uint8Array> {
  for (let at = first; !at.done; at = await rest.next()) {
    const { path, sizeBytes } = at.value;
    yield Buffer.from(`${JSON.stringify({ path, sizeBytes })}\n`);
  }
}

const codeOf: Record<DatastoreFault, RefusedCode> = {
  "not-found": "not-found",
  forbidden: "wrong-state",
  unavailable: "wrong-state",
  changed: "conflict",
  invalid: "invalid",
};
const hintOf: Record<DatastoreFault, string> = {
  "not-found": "list its files to see what it has",
  forbidden: "register the datastore once more, with credentials that may do this",
  unavailable: "see whether the store can be reached from the server's machine, and try again",
  changed: "try again",
  invalid: "see docs/data-and-outputs.md",
};

/** What a store says, in the server's own words. */
async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DatastoreFailed)) throw error;
    throw new Refused(codeOf[error.fault], error.message, hintOf[error.fault]);
  }
}
