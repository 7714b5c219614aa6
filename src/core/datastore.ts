// Datastores: named places for files. Secrets are never part of a datastore; they are kept and handed out apart.

export const datastoreTypes = [
  "local_folder", // a folder of this machine or a network share mounted on it
  "azure_blob",
  "s3",
  // Understood, so that their files parse; this version reads none of them.
  "azure_file",
  "azure_data_lake_gen1",
  "azure_data_lake_gen2",
] as const;
export type DatastoreType = (typeof datastoreTypes)[number];

export const usableDatastoreTypes = [
  "local_folder",
  "azure_blob",
  "s3",
] as const satisfies readonly DatastoreType[];

export interface Datastore {
  name: string;
  type: DatastoreType;
  /**
   * Plain settings by type: `local_folder` path; `azure_blob` account_name, container_name, endpoint, protocol;
   * `s3` bucket, region, endpoint, force_path_style.
   */
  settings: Record<string, string>;
  /** Which secrets it has, by name, such as account_key; never their values. */
  credentialNames: string[];
  isDefault: boolean;
  description: string;
  tags: Record<string, string>;
  createdAt: number;
}

/** Exist from the start. */
export const builtInDatastores = ["workspaceblobstore", "workspacefilestore"] as const;
export const defaultDatastore = builtInDatastores[0];

/** 2–255 letters, digits, `_` and `-`. */
export const isDatastoreName = (name: string): boolean => /^\w[\w-]{1,254}$/.test(name);
