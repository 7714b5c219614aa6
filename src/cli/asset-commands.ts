// The commands of what jobs can name: data, environments, models, code and datastores.
import type { CommandKind } from "./assets/kinds.ts";
import type { CommandEntry } from "./command-entry.ts";

const ofKind = (kind: CommandKind): CommandEntry[] => [
  {
    words: `${kind} create`,
    load: async () => (await import("./commands/asset-create.ts")).assetCreate(kind),
  },
  { words: `${kind} list`, load: async () => (await import("./commands/asset-list.ts")).assetList(kind) },
  { words: `${kind} show`, load: async () => (await import("./commands/asset-show.ts")).assetShow(kind) },
  {
    words: `${kind} update`,
    load: async () => (await import("./commands/asset-update.ts")).assetUpdate(kind),
  },
  {
    words: `${kind} archive`,
    load: async () => (await import("./commands/asset-archive.ts")).assetArchive(kind, "archive"),
  },
  {
    words: `${kind} restore`,
    load: async () => (await import("./commands/asset-archive.ts")).assetArchive(kind, "restore"),
  },
  {
    words: `${kind} delete`,
    load: async () => (await import("./commands/asset-delete.ts")).assetDelete(kind),
  },
];

export const assetCommands: readonly CommandEntry[] = [
  ...ofKind("data"),
  ...ofKind("environment"),
  ...ofKind("model"),
  {
    words: "model download",
    load: async () => (await import("./commands/model-download.ts")).addModelDownload,
  },
  { words: "code show", load: async () => (await import("./commands/asset-show.ts")).assetShow("code") },
  {
    words: "datastore create",
    load: async () => (await import("./commands/datastore-create.ts")).addDatastoreCreate,
  },
  {
    words: "datastore list",
    load: async () => (await import("./commands/datastore-list.ts")).addDatastoreList,
  },
  {
    words: "datastore show",
    load: async () => (await import("./commands/datastore-show.ts")).addDatastoreShow,
  },
  {
    words: "datastore update",
    load: async () => (await import("./commands/datastore-update.ts")).addDatastoreUpdate,
  },
  {
    words: "datastore delete",
    load: async () => (await import("./commands/datastore-delete.ts")).addDatastoreDelete,
  },
];
