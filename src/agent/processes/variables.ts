// The environment of a job's processes: an allow-list of the node's, the platform's, and the user's on top.
import { delimiter } from "node:path";
import type { WorkOrder } from "../../api/agents.ts";

export interface VariableFacts {
  order: WorkOrder;
  hostVariables: Readonly<Record<string, string | undefined>>;
  /** Of the realized environment. */
  binFolders: readonly string[];
  environmentVariables: Readonly<Record<string, string>>;
  environmentFolder: string;
  pythonClient: string;
  serverUrl: string;
  runFolder: string;
  workFolder: string;
  /** Input name → its text; literals too. */
  inputs: Readonly<Record<string, string>>;
  /** Output name → its folder. */
  outputs: Readonly<Record<string, string>>;
  /** Of a trial: parameter name → its text. */
  parameters: Readonly<Record<string, string>>;
}

/**
 * What a job gets of the agent's own environment; everything else, tokens above all, stays here. A package index may
 * hold a password in its address: a script's own `pip install` needs it as well.
 */
const allowed = [
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|TERM|HOSTNAME)$/,
  /^(SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO)$/,
  /^(https?|ftp|no|all)_proxy$/i,
  /^(CUDA|NVIDIA|NCCL|CUDNN|ROCM|ROCR|HIP|OMP|MKL|OPENBLAS|KMP)_\w+$/,
  /^(CUDA_HOME|CUDA_PATH|LD_LIBRARY_PATH|LD_PRELOAD|LIBRARY_PATH|DYLD_LIBRARY_PATH)$/,
  /^(PIP|UV|CONDA_PKGS|PYENV)_\w+$/,
  /^(XDG_(CACHE|DATA|CONFIG)_HOME|HF_HOME|TORCH_HOME|KERAS_HOME|MPLCONFIGDIR)$/,
];

const azureIds = {
  subscription: "00000000-0000-0000-0000-000000000000",
  resourceGroup: "trainyard",
} as const;

/** Who the run is and how it proves it: a user's own value would cut the run off from the server. */
const identityVariables = ({ order, serverUrl, runFolder }: VariableFacts): Record<string, string> => {
  const workspaceScope = `/subscriptions/${azureIds.subscription}/resourceGroups/${azureIds.resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${order.workspace}`;
  return {
    AZUREML_RUN_ID: order.run,
    AZUREML_EXPERIMENT_ID: order.experiment.id,
    AZUREML_EXPERIMENT_NAME: order.experiment.name,
    AZUREML_EXPERIMENT_SCOPE: `${workspaceScope}/experiments/${order.experiment.name}`,
    AZUREML_WORKSPACE_ID: order.workspace,
    AZUREML_WORKSPACE_NAME: order.workspace,
    AZUREML_WORKSPACE_SCOPE: workspaceScope,
    AZUREML_ARM_SUBSCRIPTION: azureIds.subscription,
    AZUREML_ARM_RESOURCEGROUP: azureIds.resourceGroup,
    AZUREML_ARM_WORKSPACE_NAME: order.workspace,
    AZUREML_ARM_PROJECT_NAME: order.experiment.name,
    AZUREML_RUN_TOKEN: order.jobToken,
    // Seconds, as the original's clients read it.
    AZUREML_RUN_TOKEN_EXPIRY: String(Math.floor(order.jobTokenExpiresAt / 1000)),
    AZUREML_SERVICE_ENDPOINT: serverUrl,
    AZUREML_DISCOVERY_SERVICE_ENDPOINT: serverUrl,
    AZUREML_RUN_HISTORY_SERVICE_ENDPOINT: serverUrl,
    AZUREML_DATA_CONTAINER_ID: `dcid.${order.run}`,
    MLFLOW_TRACKING_URI: serverUrl,
    MLFLOW_TRACKING_TOKEN: order.jobToken,
    MLFLOW_RUN_ID: order.run,
    MLFLOW_EXPERIMENT_ID: order.experiment.id,
    MLFLOW_EXPERIMENT_NAME: order.experiment.name,
    TRAINYARD_URL: serverUrl,
    TRAINYARD_RUN_FOLDER: runFolder,
    TRAINYARD_ATTEMPT: String(order.attemptNumber),
  };
};

const runtimeVariables = (facts: VariableFacts): Record<string, string> => {
  const { order, workFolder } = facts;
  return {
    AZUREML_FRAMEWORK: "Python",
    AZUREML_TARGET_TYPE: order.spec.compute.target === "local" ? "local" : "amlcompute",
    AZUREML_DRIVERLOG_PATH: "azureml-logs/70_driver_log.txt",
    AZUREML_LOGDIRECTORY_PATH: "azureml-logs/",
    AZUREML_CONDA_ENVIRONMENT_PATH: facts.environmentFolder,
    AZUREML_ENVIRONMENT_IMAGE: order.spec.environment.image ?? "",
    AZUREML_CR_EXECUTION_WORKING_DIR_PATH: workFolder,
    AZUREML_CR_COMPUTE_CONTEXT: JSON.stringify({ cluster_name: order.spec.compute.target }),
    AZ_BATCHAI_CLUSTER_NAME: order.spec.compute.target,
    AZ_BATCHAI_JOB_WORK_DIR: workFolder,
    PYTHONUNBUFFERED: "1",
    // Releases of mlflow report their use to its makers unless they are told not to.
    MLFLOW_DISABLE_TELEMETRY: "true",
  };
};

const dataVariables = ({ order, inputs, outputs, parameters }: VariableFacts): Record<string, string> => {
  const variables: Record<string, string> = {};
  for (const [name, text] of Object.entries(inputs)) {
    const isLiteral = order.spec.inputs[name]?.kind === "literal";
    if (isLiteral) variables[`AZUREML_PARAMETER_${name}`] = text;
    else {
      variables[`AZURE_ML_INPUT_${name}`] = text;
      variables[`AZUREML_DATAREFERENCE_${name}`] = text;
    }
  }
  for (const [name, path] of Object.entries(outputs)) variables[`AZURE_ML_OUTPUT_${name}`] = path;
  for (const [name, text] of Object.entries(parameters)) variables[`AZUREML_SWEEP_${name}`] = text;
  return variables;
};

export function jobVariables(facts: VariableFacts): Record<string, string> {
  const host = pickAllowed(facts.hostVariables);
  const merged: Record<string, string> = {
    ...host,
    ...runtimeVariables(facts),
    ...dataVariables(facts),
    ...facts.environmentVariables,
    ...facts.order.spec.environmentVariables,
    ...identityVariables(facts),
  };
  const usersPath = merged["PATH"] ?? facts.hostVariables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  merged["PATH"] = [...facts.binFolders, usersPath].join(delimiter);
  merged["PYTHONPATH"] = [facts.pythonClient, merged["PYTHONPATH"]].filter(Boolean).join(delimiter);
  return merged;
}

function pickAllowed(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined && allowed.some((pattern) => pattern.test(name))) picked[name] = value;
  }
  return picked;
}
