// The datastores that every workspace has from the start: folders below the home folder.
import { join } from "node:path";
import { builtInDatastores, defaultDatastore } from "../../core/datastore.ts";
import { homeLayout } from "../../core/home.ts";
import {
  findDatastore,
  hasDefaultDatastore,
  makeDefaultDatastore,
  saveDatastore,
} from "../../store/datastores.ts";
import type { Store } from "../../store/store.ts";

const descriptions: Record<(typeof builtInDatastores)[number], string> = {
  workspaceblobstore: "files of this workspace, in its home folder",
  workspacefilestore: "more files of this workspace, in its home folder",
};

/** At every start, because a home folder that has been moved has other paths. */
export async function prepareDatastores(store: Store, home: string, at: number): Promise<void> {
  await store.write(async (tx) => {
    for (const name of builtInDatastores) {
      const known = await findDatastore(tx, name);
      await saveDatastore(tx, {
        name,
        type: "local_folder",
        settings: { path: join(home, homeLayout.datastores, name) },
        description: known?.description ?? descriptions[name],
        tags: known?.tags ?? {},
        createdAt: known?.createdAt ?? at,
      });
    }
    if (!(await hasDefaultDatastore(tx))) await makeDefaultDatastore(tx, defaultDatastore);
  });
}
