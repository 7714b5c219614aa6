// Every command, by its words. A command's file is loaded only when it is the one to run, or for help.
import { assetCommands } from "./asset-commands.ts";
import type { CommandEntry } from "./command-entry.ts";

export const commands: readonly CommandEntry[] = [
  { words: "job create", load: async () => (await import("./commands/job-create.ts")).addJobCreate },
  { words: "job show", load: async () => (await import("./commands/job-show.ts")).addJobShow },
  { words: "job list", load: async () => (await import("./commands/job-list.ts")).addJobList },
  { words: "job trials", load: async () => (await import("./commands/job-trials.ts")).addJobTrials },
  { words: "job stream", load: async () => (await import("./commands/job-stream.ts")).addJobStream },
  { words: "job cancel", load: async () => (await import("./commands/job-cancel.ts")).addJobCancel },
  { words: "job download", load: async () => (await import("./commands/job-download.ts")).addJobDownload },
  { words: "job update", load: async () => (await import("./commands/job-update.ts")).addJobUpdate },
  { words: "job archive", load: async () => (await import("./commands/job-archive.ts")).addJobArchive },
  { words: "job restore", load: async () => (await import("./commands/job-restore.ts")).addJobRestore },
  { words: "job validate", load: async () => (await import("./commands/job-validate.ts")).addJobValidate },
  { words: "job convert", load: async () => (await import("./commands/job-convert.ts")).addJobConvert },
  {
    words: "job reproduce",
    load: async () => (await import("./commands/job-reproduce.ts")).addJobReproduce,
  },
  { words: "studio", load: async () => (await import("./commands/studio.ts")).addStudio },
  {
    words: "compute create",
    load: async () => (await import("./commands/compute-create.ts")).addComputeCreate,
  },
  { words: "compute show", load: async () => (await import("./commands/compute-show.ts")).addComputeShow },
  { words: "compute list", load: async () => (await import("./commands/compute-list.ts")).addComputeList },
  {
    words: "compute list-sizes",
    load: async () => (await import("./commands/compute-list-sizes.ts")).addComputeListSizes,
  },
  {
    words: "compute update",
    load: async () => (await import("./commands/compute-update.ts")).addComputeUpdate,
  },
  {
    words: "compute delete",
    load: async () => (await import("./commands/compute-delete.ts")).addComputeDelete,
  },
  ...assetCommands,
  {
    words: "workspace show",
    load: async () => (await import("./commands/workspace-show.ts")).addWorkspaceShow,
  },
  {
    words: "workspace create",
    load: async () => (await import("./commands/workspace-create.ts")).addWorkspaceCreate,
  },
  {
    words: "workspace list",
    load: async () => (await import("./commands/workspace-list.ts")).addWorkspaceList,
  },
  {
    words: "workspace update",
    load: async () => (await import("./commands/workspace-update.ts")).addWorkspaceUpdate,
  },
  {
    words: "workspace delete",
    load: async () => (await import("./commands/workspace-delete.ts")).addWorkspaceDelete,
  },
  {
    words: "workspace list-keys",
    load: async () => (await import("./commands/workspace-list-keys.ts")).addWorkspaceListKeys,
  },
  {
    words: "workspace sync-keys",
    load: async () => (await import("./commands/workspace-list-keys.ts")).addWorkspaceSyncKeys,
  },
  { words: "import mlflow", load: async () => (await import("./commands/import-mlflow.ts")).addImportMlflow },
  { words: "server start", load: async () => (await import("./commands/server-start.ts")).addServerStart },
  { words: "server gc", load: async () => (await import("./commands/server-gc.ts")).addServerGc },
  { words: "server stop", load: async () => (await import("./commands/server-stop.ts")).addServerStop },
  { words: "server status", load: async () => (await import("./commands/server-status.ts")).addServerStatus },
  { words: "config", load: async () => (await import("./commands/config.ts")).addConfig },
  { words: "env", load: async () => (await import("./commands/env.ts")).addEnv },
  { words: "demo", load: async () => (await import("./commands/demo.ts")).addDemo },
  { words: "az install", load: async () => (await import("./commands/az-install.ts")).addAzInstall },
  { words: "az configure", load: async () => (await import("./commands/az-configure.ts")).addAzConfigure },
  { words: "az version", load: async () => (await import("./commands/az-version.ts")).addAzVersion },
  { words: "az login", load: async () => (await import("./commands/az-login.ts")).addAzLogin },
  { words: "az logout", load: async () => (await import("./commands/az-login.ts")).addAzLogout },
  { words: "az upgrade", load: async () => (await import("./commands/az-login.ts")).addAzUpgrade },
  { words: "az provider", load: async () => (await import("./commands/az-login.ts")).addAzProvider },
  { words: "az config", load: async () => (await import("./commands/az-config.ts")).addAzConfig },
  { words: "az account", load: async () => (await import("./commands/az-account.ts")).addAzAccount },
  { words: "az group", load: async () => (await import("./commands/az-group.ts")).addAzGroup },
  { words: "az extension", load: async () => (await import("./commands/az-extension.ts")).addAzExtension },
];

export const nouns: Readonly<Record<string, string>> = {
  job: "Submit, watch, stop and fetch training jobs",
  compute: "Named targets that jobs run on",
  data: "Files and folders by name and version",
  environment: "What jobs run in, by name and version",
  model: "What training makes, by name and version",
  datastore: "Named places for files",
  code: "Frozen code by name and version",
  workspace: "What holds everything",
  import: "Move what another system keeps here",
  server: "The server of TRAINYARD_HOME",
  az: "Stand in for the Azure CLI, so that scripts written for it run unchanged",
};
