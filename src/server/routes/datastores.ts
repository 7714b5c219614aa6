// Datastores, and their secrets for those who need them.
import type { Datastore } from "../../core/datastore.ts";
import { builtInDatastores } from "../../core/datastore.ts";
import { finalStates, jobStates } from "../../core/job.ts";
import { Refused } from "../../core/refused.ts";
import { activeJobs, findAttempt } from "../../store/attempts.ts";
import {
  deleteDatastore,
  findDatastore,
  listDatastores,
  makeDefaultDatastore,
  saveDatastore,
  saveSealedSecrets,
} from "../../store/datastores.ts";
import { recordEvent } from "../../store/events.ts";
import { findJob } from "../../store/jobs.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import { refuseWhileUsed } from "../jobs/refuse-while-used.ts";
import { refuseBadSettings } from "../assets/check-datastore.ts";
import type { ServerContext } from "../context.ts";
import { datastoresOf } from "../jobs/datastores-of-job.ts";
import { datastoreNamed } from "../assets/find-datastore.ts";
import { openSecrets, placeOfSecret } from "../assets/open-secrets.ts";
import { topics } from "../nudges.ts";

type DatastoreIds =
  | "saveDatastore"
  | "listDatastores"
  | "getDatastore"
  | "deleteDatastore"
  | "getDatastoreSecrets"
  | "getAttemptDatastore";

export function datastoreRoutes(context: ServerContext): SomeHandlers<DatastoreIds> {
  const { store, clock, nudges, seal } = context;

  return {
    async saveDatastore({ params, body }) {
      const name = params.datastore;
      refuseBadSettings(body.type, body.settings);
      const sealed = Object.entries(body.secrets ?? {}).map(([key, secret]) => [
        key,
        seal.close(secret, placeOfSecret(name, key)),
      ]);
      await store.write(async (tx) => {
        const known = await findDatastore(tx, name);
        if (known) refuseForbiddenChange(known, body);
        await saveDatastore(tx, {
          name,
          type: body.type,
          settings: body.settings,
          description: body.description ?? known?.description ?? "",
          tags: body.tags ?? known?.tags ?? {},
          createdAt: known?.createdAt ?? clock.now(),
        });
        await saveSealedSecrets(tx, name, Object.fromEntries(sealed));
        if (body.isDefault) await makeDefaultDatastore(tx, name);
        await recordEvent(tx, clock.now(), null, {
          kind: "datastore.changed",
          datastore: name,
          change: "saved",
        });
      });
      nudges.nudge(topics.events);
      return datastoreNamed(store.db, name);
    },

    listDatastores: async () => ({ datastores: await listDatastores(store.db) }),

    getDatastore: ({ params }) => datastoreNamed(store.db, params.datastore),

    async deleteDatastore({ params }) {
      const known = await datastoreNamed(store.db, params.datastore);
      await refuseDeletion(store.db, known);
      const deleted = await store.write(async (tx) => {
        const done = await deleteDatastore(tx, known.name);
        await recordEvent(tx, clock.now(), null, {
          kind: "datastore.changed",
          datastore: known.name,
          change: "deleted",
        });
        return done;
      });
      nudges.nudge(topics.events);
      return { deleted };
    },

    async getDatastoreSecrets({ params }) {
      const { name } = await datastoreNamed(store.db, params.datastore);
      return { secrets: await openSecrets(context, name) };
    },

    async getAttemptDatastore({ params }) {
      const attempt = await findAttempt(store.db, params.attempt);
      if (!attempt) throw new Refused("not-found", `there is no attempt ${params.attempt}`, "drop it");
      if (attempt.endedAt !== null) {
        throw new Refused("wrong-state", `attempt ${attempt.id} has ended; it needs no datastore any more`);
      }
      const job = await findJob(store.db, attempt.run);
      if (!job || !datastoresOf(job.spec).has(params.datastore)) {
        throw new Refused(
          "not-found",
          `job ${attempt.run} names no datastore ${params.datastore}`,
          "an attempt reaches the datastores of its own inputs and outputs only",
        );
      }
      const datastore = await datastoreNamed(store.db, params.datastore);
      return { datastore, secrets: await openSecrets(context, datastore.name) };
    },
  };
}

function refuseForbiddenChange(
  known: Datastore,
  change: { type: string; settings: Record<string, string>; isDefault?: boolean | undefined },
): void {
  if (change.isDefault === false && known.isDefault) {
    throw new Refused("wrong-state", `${known.name} is the default datastore`, "make another the default");
  }
  if (change.type !== known.type) {
    throw new Refused(
      "immutable",
      `datastore ${known.name} is of type ${known.type} and cannot become ${change.type}`,
      "use another name, or delete it first",
    );
  }
  if (isBuiltIn(known.name) && change.settings["path"] !== known.settings["path"]) {
    throw new Refused(
      "immutable",
      `datastore ${known.name} is always at ${known.settings["path"]}`,
      "make a datastore of another name for another folder",
    );
  }
}

async function refuseDeletion(db: Db, datastore: Datastore): Promise<void> {
  if (isBuiltIn(datastore.name)) {
    throw new Refused("wrong-state", `${datastore.name} is part of every workspace; it cannot be deleted`);
  }
  if (datastore.isDefault) {
    throw new Refused(
      "wrong-state",
      `${datastore.name} is the default datastore`,
      "make another the default",
    );
  }
  const users: string[] = [];
  for (const { run } of await activeJobs(db, statesBeforeTheEnd)) {
    const job = await findJob(db, run);
    if (job && datastoresOf(job.spec).has(datastore.name)) users.push(run);
  }
  refuseWhileUsed(datastore.name, users);
}

const statesBeforeTheEnd = jobStates.filter((state) => !finalStates.some((final) => final === state));
const isBuiltIn = (name: string): boolean => builtInDatastores.some((known) => known === name);
