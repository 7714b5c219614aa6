// Whether a place in a datastore is one that somebody has registered as data or as a model, for everyone to read.
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

const placesIn = prepared<{ path: string }>(
  `select json_extract(content, '$.source.path') as path from assets
   where kind in ('data', 'model') and archived = 0 and json_extract(content, '$.source.datastore') = ?`,
);

/** The path of a file or a folder, or of something below a registered folder. */
export async function isRegisteredPlace(db: Db, datastore: string, path: string): Promise<boolean> {
  const wanted = bare(path);
  return (await placesIn(db, datastore)).some((place) => {
    const registered = bare(place.path);
    return registered === "" || wanted === registered || wanted.startsWith(`${registered}/`);
  });
}

const bare = (path: string): string => path.replaceAll(/^\/+|\/+$/g, "");
