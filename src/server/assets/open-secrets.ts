// A datastore's secrets as they were before they were sealed, for whoever is about to use them.
import { readSealedSecrets } from "../../store/datastores.ts";
import type { ServerContext } from "../context.ts";

export async function openSecrets(
  { store, seal }: Pick<ServerContext, "store" | "seal">,
  datastore: string,
): Promise<Record<string, string>> {
  const sealed = Object.entries(await readSealedSecrets(store.db, datastore));
  return Object.fromEntries(
    sealed.map(([name, text]) => [name, seal.open(text, placeOfSecret(datastore, name))]),
  );
}

/** What a sealed text belongs to; in another row it does not open. */
export const placeOfSecret = (datastore: string, secret: string): string => `${datastore}/${secret}`;
