// The contract: every endpoint, by its operation id. The server must handle each; client and OpenAPI follow.
import { endAttempt, pollOrders, registerAgent, reportAttempt } from "./agents.ts";
import {
  appendArtifact,
  finishArtifacts,
  linkArtifact,
  listArtifacts,
  putArtifact,
  readArtifact,
} from "./artifacts.ts";
import {
  createAsset,
  deleteAsset,
  getAsset,
  getLineage,
  listAssets,
  registerRunModel,
  updateAsset,
} from "./assets.ts";
import {
  deleteDatastore,
  getAttemptDatastore,
  getDatastore,
  getDatastoreSecrets,
  listDatastores,
  saveDatastore,
} from "./datastores.ts";
import { createCompute, deleteCompute, getCompute, listComputes, updateCompute } from "./computes.ts";
import { lastEvent, listEvents, watchEvents } from "./events.ts";
import {
  importExperiment,
  importFile,
  importFiles,
  importModel,
  importPoints,
  importRun,
  importedState,
  markImport,
} from "./imports.ts";
import {
  archiveJob,
  cancelJob,
  createJob,
  getJob,
  listJobs,
  restoreJob,
  updateJob,
  validateJob,
} from "./jobs.ts";
import { readJobFile } from "./job-files.ts";
import { indexLog, searchLog } from "./logs.ts";
import { readPlots } from "./plots.ts";
import { getJobFile, listRunAssets } from "./run-details.ts";
import { collectStorage, getStorage, revealToken } from "./settings.ts";
import { closeStudioSession, createStudioLink, openStudioSession } from "./studio.ts";
import { listTrials } from "./trials.ts";
import { countRuns, listRunKeys, readRunTable, readSparklines } from "./run-table.ts";
import { appendRecords, getMetric, getRun, recordOffset } from "./runs.ts";
import {
  getBlob,
  getSnapshot,
  hasSnapshot,
  missingBlobs,
  putBlob,
  putBlobs,
  putSnapshot,
  readBlobs,
  storeLocalFiles,
} from "./snapshots.ts";
import {
  getWorkspace,
  updateWorkspace,
  health,
  listExperiments,
  metricsPage,
  openApiDocument,
  shutdown,
} from "./workspace.ts";

export const contract = {
  health,
  metricsPage,
  openApiDocument,
  getWorkspace,
  updateWorkspace,
  listExperiments,
  shutdown,
  createJob,
  validateJob,
  getJob,
  listJobs,
  updateJob,
  cancelJob,
  archiveJob,
  readJobFile,
  listTrials,
  revealToken,
  getStorage,
  collectStorage,
  createStudioLink,
  openStudioSession,
  closeStudioSession,
  restoreJob,
  readRunTable,
  countRuns,
  listRunKeys,
  readSparklines,
  getRun,
  getMetric,
  appendRecords,
  recordOffset,
  readPlots,
  indexLog,
  searchLog,
  getJobFile,
  listRunAssets,
  listArtifacts,
  readArtifact,
  linkArtifact,
  putArtifact,
  appendArtifact,
  finishArtifacts,
  putSnapshot,
  getSnapshot,
  hasSnapshot,
  missingBlobs,
  putBlobs,
  putBlob,
  storeLocalFiles,
  getBlob,
  readBlobs,
  createCompute,
  listComputes,
  getCompute,
  updateCompute,
  deleteCompute,
  createAsset,
  registerRunModel,
  listAssets,
  getAsset,
  updateAsset,
  deleteAsset,
  getLineage,
  saveDatastore,
  listDatastores,
  getDatastore,
  deleteDatastore,
  getDatastoreSecrets,
  getAttemptDatastore,
  importExperiment,
  importRun,
  importPoints,
  importModel,
  importFiles,
  importFile,
  importedState,
  markImport,
  listEvents,
  lastEvent,
  watchEvents,
  registerAgent,
  pollOrders,
  reportAttempt,
  endAttempt,
} as const;

export type Contract = typeof contract;
export type OperationId = keyof Contract;
