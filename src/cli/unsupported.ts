// Words of Azure's command line that have no counterpart here. Each gets a sentence, not "unknown command".
import { CommandFailed } from "./fail.ts";

interface Unsupported {
  /** The first words of a command line, without a leading `ml`; `|` between those that share a sentence. */
  words: string;
  /** Follows the command's own words. */
  why: string;
  hint: string;
}

const serving: Omit<Unsupported, "words"> = {
  why: "is not supported: Trainyard trains models and keeps them, but does not serve them",
  hint: "Fetch the model with `model download` and serve it with what you have, such as `mlflow models serve -m <folder>`.",
};
const firstCli: Omit<Unsupported, "words"> = {
  why: "is of the first Azure ML command line (azure-cli-ml), which is not supported",
  hint: "Describe what shall run in a job file and give it to `job create -f job.yml`; see docs/from-azure.md.",
};
const pipelines: Omit<Unsupported, "words"> = {
  why: "is not supported: pipelines and their components do not run here",
  hint: "Make each step a job of its own; a step reads another's files as runs:/<job>/outputs/….",
};
const instances: Omit<Unsupported, "words"> = {
  why: "is not supported: there are no compute instances, only computes that jobs run on",
  hint: "Nothing has to be started: submit the job, and it takes a node when one is free.",
};
const quotas: Omit<Unsupported, "words"> = {
  why: "is not supported: quotas are a cloud's",
  hint: "`compute list-sizes` tells what this machine has of each size, `compute show` what runs where.",
};
const cloud: Omit<Unsupported, "words"> = {
  why: "manages a service of Azure, and this az has only what training jobs need",
  hint: "Where the script really needs Azure, call the Azure CLI by its full path there.",
};

const table: readonly Unsupported[] = [
  {
    words: "endpoint|online-endpoint|online-deployment|batch-endpoint|batch-deployment|serverless-endpoint",
    ...serving,
  },
  { words: "run|experiment|folder|computetarget|service|opendatasets", ...firstCli },
  { words: "component|pipeline|schedule", ...pipelines },
  { words: "compute start|compute stop|compute restart", ...instances },
  { words: "compute list-usage", ...quotas },
  {
    words: "compute attach|compute detach|compute connect-ssh",
    why: "is not supported: a compute is a name with a number of nodes, and holds no machine of its own to reach",
    hint: "`compute create -n NAME --type amlcompute --max-instances N` makes one.",
  },
  {
    words: "compute list-nodes",
    why: "is not supported by this name",
    hint: "`compute show -n NAME --query nodes` lists them.",
  },
  {
    words: "job connect-ssh",
    why: "is not supported: no node can be reached by SSH through the server",
    hint: "Follow a job with `job stream -n NAME`, and fetch its files with `job download -n NAME --all`.",
  },
  {
    words: "job show-services",
    why: "is not supported by this name",
    hint: "`job show -n NAME --query services` tells the addresses (interaction_endpoints for a file of 2021).",
  },
  {
    words: "registry|connection|feature-set|feature-store|feature-store-entity|workspace-hub",
    why: "is not supported: a server has one workspace, and its data, environments and models are all there is",
    hint: "`data create`, `environment create` and `model create` register what several people share.",
  },
  {
    words: "az account get-access-token",
    why: "has no token to give: nothing here talks to Azure",
    hint: "This server's own token is in the file `token` of TRAINYARD_HOME; `trainyard env` sets it for MLflow's clients.",
  },
  {
    words: "az rest",
    why: "would call Azure's own interface, which is not here",
    hint: "This server's interface is described at /api/v1/openapi.json; the commands of az ml cover it.",
  },
  {
    words:
      "az storage|az role|az identity|az acr|az aks|az k8s-extension|az k8s-configuration|az connectedk8s|az monitor|az network|az vm|az keyvault|az ad|az resource|az deployment|az policy|az functionapp|az webapp|az container",
    ...cloud,
  },
];

/** Throws when these are words that people know from Azure and that nothing here answers. */
export function refuseUnsupported(args: readonly string[]): void {
  for (const { words, why, hint } of table) {
    const found = words.split("|").find((known) => known.split(" ").every((word, at) => args[at] === word));
    if (found !== undefined) throw new CommandFailed(`${found} ${why}`, { hint });
  }
}
