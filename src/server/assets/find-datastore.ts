// A datastore by its name, or the refusal that says which there are.
import type { Datastore, DatastoreType } from "../../core/datastore.ts";
import { usableDatastoreTypes } from "../../core/datastore.ts";
import { nearestName } from "../../core/names.ts";
import { Refused } from "../../core/refused.ts";
import { findDatastore, listDatastores } from "../../store/datastores.ts";
import type { Db } from "../../store/store.ts";

export async function datastoreNamed(db: Db, name: string): Promise<Datastore> {
  const found = await findDatastore(db, name);
  if (found) return found;
  const names = (await listDatastores(db)).map((datastore) => datastore.name);
  const nearest = nearestName(name, names);
  throw new Refused(
    "not-found",
    `there is no datastore named ${name}; known: ${names.join(", ")}${nearest ? `. Did you mean ${nearest}?` : ""}`,
    "create it with: trainyard datastore create -f datastore.yml",
  );
}

const unusable: Partial<Record<DatastoreType, string>> = {
  azure_file: "Azure file shares",
  azure_data_lake_gen1: "Azure Data Lake Storage Gen1",
  azure_data_lake_gen2: "Azure Data Lake Storage Gen2",
};

/** One that jobs of this version can read and write. */
export async function usableDatastore(db: Db, name: string): Promise<Datastore> {
  const datastore = await datastoreNamed(db, name);
  const what = unusable[datastore.type];
  if (what === undefined) return datastore;
  throw new Refused(
    "unsupported",
    `datastore ${name} is of type ${datastore.type}; this version does not read ${what} yet`,
    `use a datastore of type ${usableDatastoreTypes.join(", ")}; a share that is mounted on the machine is a local_folder`,
  );
}
