// `data create`, `environment create`, `model create`: register a version, from a file or from flags.
import { resolve } from "node:path";
import { cwd } from "node:process";
import type { Command } from "commander";
import { kindWords } from "../assets/kinds.ts";
import type { CommandKind } from "../assets/kinds.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";
import type { Flag } from "../../spec/text/set.ts";

interface AssetCreateOptions extends CommonOptions {
  file?: string;
  name?: string;
  version?: string;
  path?: string;
  localPath?: string;
  datastoreName?: string;
  type?: string;
  stage?: string;
  image?: string;
  condaFile?: string;
  buildContext?: string;
  dockerfilePath?: string;
  osType?: string;
  set?: string[];
  description?: string;
  tags?: string[];
}

export const assetCreate =
  (kind: CommandKind): AddCommand =>
  (parent, context) => {
    const command = defineCommand(parent, "create", {
      summary: `Register a ${kindWords[kind].singular}`,
      description: `${intros[kind]}\nWithout a version the next number is taken. A version that exists keeps what it holds: the same content again is no error, other content is.`,
      examples: examples[kind],
    })
      .option("-f, --file <path>", "a YAML file that describes it")
      .option("-n, --name <name>", "its name, instead of the file's")
      .option("-v, --version <version>", "its version, instead of the file's or the next number");
    ownOptions[kind](command)
      .option("--description <text>", "a description")
      .option("--tags <name=value...>", "tags, beside the file's", collect)
      .option("--set <path=value...>", "change the file's values before it is checked", collect);
    withCommonOptions(command).action((options: AssetCreateOptions) => createAsset(kind, options, context));
  };

const intros: Record<CommandKind, string> = {
  data: "Registers files or a folder. Those of this machine are uploaded by content: what the server has is not sent again, also after an interruption.",
  environment: "Registers an environment: an image or a build folder, with or without a conda file.",
  model:
    "Registers a model: files of this machine, or what a job has kept (runs:/<job>/<path>, azureml://jobs/<job>/outputs/…).",
};

const examples: Record<CommandKind, string[]> = {
  data: [
    "trainyard data create -f iris.yml",
    "trainyard data create -n iris --path data/iris.csv",
    "trainyard data create -n images -v 2 --path ./images --tags source=camera",
  ],
  environment: [
    "trainyard environment create -f environment.yml",
    "trainyard environment create -n sklearn --image python:3.12 --conda-file conda.yml",
  ],
  model: [
    "trainyard model create -n iris-tree --path runs:/$run_id/model --type mlflow_model",
    "trainyard model create -n iris-tree --path azureml://jobs/$run_id/outputs/artifacts/paths/outputs/tree.pkl",
    "trainyard model create -f model.yml --set stage=Staging",
  ],
};

const withPath = (command: Command): Command =>
  command
    .option("-p, --path <path>", "a file or folder of this machine, or an address")
    .option("-l, --local-path <path>", "the same, in the words of 2021")
    .option("-z, --datastore-name <name>", "the datastore that the path is on")
    .option("-t, --type <type>", "its type, instead of the file's");

const ownOptions: Record<CommandKind, (command: Command) => Command> = {
  data: withPath,
  model: (command) => withPath(command).option("--stage <word>", "how far it has come, such as Production"),
  environment: (command) =>
    command
      .option("-i, --image <image>", "the image to start from")
      .option("-c, --conda-file <path>", "what conda or pip installs on top")
      .option("-b, --build-context <folder>", "a folder with a Dockerfile")
      .option("-d, --dockerfile-path <path>", "the Dockerfile in that folder")
      .option("--os-type <type>", "linux or windows"),
};

async function createAsset(kind: CommandKind, options: AssetCreateOptions, context: Context): Promise<void> {
  const { file, name, set = [], buildContext } = options;
  if (file === undefined && name === undefined) {
    throw new UsageError(`a ${kind} asset needs a name`, "Give it with -n, or in a file with -f.");
  }
  const connecting = connect(context);
  connecting.catch(() => {});
  const [{ registerAsset }, { printAssets }] = await Promise.all([
    import("../assets/register-asset.ts"),
    import("../assets/asset-options.ts"),
  ]);
  const signal = context.interrupted();
  try {
    const folderOfBuild = buildContext === undefined ? [] : [`build.path=${resolve(buildContext)}`];
    const dockerfile = options.dockerfilePath;
    const fileOfBuild = dockerfile === undefined ? [] : [`build.dockerfile_path=${dockerfile}`];
    const asset = await registerAsset(
      {
        kind,
        file,
        name,
        set: [...set, ...folderOfBuild, ...fileOfBuild],
        flags: flagsOf(options),
        folder: cwd(),
        tags: Object.fromEntries((options.tags ?? []).map(splitTag)),
        signal,
      },
      connecting,
      context,
    );
    using connection = await connecting;
    await printAssets(kind, asset, connection, options, context);
  } catch (error) {
    if (!signal.aborted) throw error;
    (await connecting).close();
    context.io.note("Interrupted. Run it again to go on: what has arrived is not sent twice.");
    process.exitCode = 130;
  }
}

function flagsOf(options: AssetCreateOptions): Flag[] {
  const { version, description, type, stage, image, condaFile, osType } = options;
  const flag = (key: string, words: string, value: string | undefined, replaces: string[] = []): Flag[] =>
    value === undefined ? [] : [{ key, value, shown: `${words} ${value}`, replaces }];
  return [
    ...flag("version", "--version", version),
    ...flag("description", "--description", description),
    ...flag("type", "--type", type),
    ...flag("stage", "--stage", stage),
    ...flag("image", "--image", image, ["docker", "build"]),
    ...flag("conda_file", "--conda-file", condaFile),
    ...flag("os_type", "--os-type", osType),
    ...pathFlags(options, flag),
  ];
}

function pathFlags(
  { path: given, localPath, datastoreName }: AssetCreateOptions,
  flag: (key: string, words: string, value: string | undefined, replaces?: string[]) => Flag[],
): Flag[] {
  if (given !== undefined && localPath !== undefined) {
    throw new UsageError("both --path and --local-path were given", "Give one of them.");
  }
  const path = given ?? localPath;
  if (datastoreName === undefined) return flag("path", "--path", path, ["local_path", "datastore"]);
  if (path === undefined) return flag("datastore", "--datastore-name", datastoreName, ["local_path"]);
  const store = datastoreName.replace(/^azureml:/, "");
  const address = `azureml://datastores/${store}/paths/${path.replace(/^\/+/, "")}`;
  return flag("path", "--path", address, ["local_path", "datastore"]);
}

function splitTag(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
  throw new UsageError(`--tags ${pair} has no value`, "Write it as --tags name=value");
}
