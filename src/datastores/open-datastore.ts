// Opens a datastore by its type. The clients of cloud stores are large: each is loaded when it is first needed.
import type { DatastoreType } from "../core/datastore.ts";
import { DatastoreFailed } from "./datastore-client.ts";
import type { DatastoreClient } from "./datastore-client.ts";

export interface DatastoreToOpen {
  name: string;
  type: DatastoreType;
  settings: Readonly<Record<string, string>>;
}

/** Asks nothing of the store yet. The secrets stay in the client's memory. */
export async function openDatastore(
  { name, type, settings }: DatastoreToOpen,
  secrets: Readonly<Record<string, string>>,
): Promise<DatastoreClient> {
  switch (type) {
    case "local_folder": {
      const { openLocalFolder } = await import("./local-folder.ts");
      return openLocalFolder(name, settings["path"] ?? "");
    }
    case "azure_blob": {
      const { openAzureBlob } = await import("./azure-blob.ts");
      return openAzureBlob(name, settings, secrets);
    }
    case "s3": {
      const { openS3 } = await import("./s3.ts");
      return openS3(name, settings, secrets);
    }
    case "azure_file":
    case "azure_data_lake_gen1":
    case "azure_data_lake_gen2":
      throw new DatastoreFailed(
        "invalid",
        `the datastore ${name} is of the type ${type}, which this version cannot read; mount the share and make a local_folder of it, or use azure_blob or s3`,
      );
  }
}
