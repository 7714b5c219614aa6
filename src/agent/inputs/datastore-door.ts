// The datastores that an attempt's job names, opened when first needed. Their secrets stay in this process's memory.
import { Refused } from "../../core/refused.ts";
import type { DatastoreClient } from "../../datastores/datastore-client.ts";
import { openDatastore } from "../../datastores/open-datastore.ts";
import type { Caller } from "../node/server-link.ts";

export interface DatastoreDoor {
  open(datastore: string, signal: AbortSignal): Promise<DatastoreClient>;
}

export function createDatastoreDoor(attempt: string, call: Caller): DatastoreDoor {
  const opened = new Map<string, DatastoreClient>();
  return {
    async open(datastore, signal) {
      const known = opened.get(datastore);
      if (known) return known;
      const answer = await call(
        (client, options) => client.getAttemptDatastore({ params: { attempt, datastore } }, options),
        { signal },
      ).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        throw new Error(`the datastore ${datastore} is not to be had: ${error.message}`);
      });
      const client = await openDatastore(answer.datastore, answer.secrets);
      opened.set(datastore, client);
      return client;
    },
  };
}
