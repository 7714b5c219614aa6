// `compute create`: a named cluster of nodes on this machine.
import type { AddCommand } from "../command-entry.ts";
import { printCompute, settingsOf, withSettings } from "../compute-options.ts";
import type { ComputeSettings } from "../compute-options.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { CommandFailed, UsageError } from "../fail.ts";

interface ComputeCreateOptions extends CommonOptions, ComputeSettings {
  name?: string;
  file?: string;
  set?: string[];
  type?: string;
  size?: string;
  priority?: string;
  tier?: string;
}

/** Matters of a cloud's virtual machines: accepted, so that scripts run, and without effect. */
const withoutEffect = [
  "--admin-username <name>",
  "--admin-password <password>",
  "--ssh-key-value <key>",
  "--vnet-name <name>",
  "--subnet <name>",
  "--identity-type <type>",
  "-i, --user-assigned-identities <ids>",
  "--location <name>",
  "--no-wait",
];

export const addComputeCreate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "create", {
    summary: "Create a compute, or change one that exists",
    description:
      "Creates a cluster of logical nodes on this machine, or changes one that exists. It costs nothing while no job uses it.",
    examples: [
      "trainyard compute create -n cpu-cluster --type amlcompute --min-instances 0 --max-instances 4",
      "trainyard compute create -f cluster.yml",
    ],
  })
    .option("-n, --name <name>", "its name")
    .option("-f, --file <path>", "a YAML file that describes it")
    .option("--set <path=value...>", "change the file's values", collect)
    .option("-t, --type <type>", "amlcompute")
    .option("--size <size>", "what a node has: cores, memory and graphics cards (docs/compute.md)");
  withSettings(command)
    .option("--tier <tier>", "dedicated or low_priority")
    .option("--priority <priority>", "the older word: Dedicated or LowPriority");
  command.optionsGroup("Accepted without effect:");
  for (const flags of withoutEffect) command.option(flags, "");
  withCommonOptions(command).action((options: ComputeCreateOptions) => createCompute(options, context));
};

async function createCompute(options: ComputeCreateOptions, context: Context): Promise<void> {
  if (options.file === undefined && options.name === undefined) {
    throw new UsageError("a compute needs a name", "Give it with -n, or in a file with -f.");
  }
  const type = options.type?.toLowerCase() ?? "amlcompute";
  if (type !== "amlcompute") {
    throw new CommandFailed(`computes of the type ${options.type} are not supported by this version`, {
      hint: "Use --type amlcompute.",
    });
  }
  const connecting = connect(context);
  connecting.catch(() => {});
  const { name, ...fromFile } = await readFile(options, context);
  const tier = tierOf(options.tier ?? options.priority);
  using connection = await connecting;
  const compute = await connection.client.createCompute({
    params: { compute: name },
    body: {
      ...fromFile,
      type,
      ...settingsOf(options),
      ...(options.size !== undefined && { size: options.size }),
      ...(tier && { tier }),
    },
  });
  await printCompute(compute, connection, options, context);
}

async function readFile(options: ComputeCreateOptions, { io }: Context) {
  if (options.file === undefined) return { name: options.name ?? "" };
  const [{ readComputeFile }, { renderProblems }] = await Promise.all([
    import("../../spec/assets/read-compute.ts"),
    import("../../spec/text/problem.ts"),
  ]);
  const { compute, warnings } = await readComputeFile(options.file, { set: options.set, name: options.name });
  if (warnings.length > 0) io.note(`warning: ${renderProblems(warnings)}`);
  return compute;
}

function tierOf(word: string | undefined): "dedicated" | "low_priority" | undefined {
  switch (word?.toLowerCase().replace(/[_-]/g, "")) {
    case undefined:
      return undefined;
    case "dedicated":
      return "dedicated";
    case "lowpriority":
      return "low_priority";
    default:
      throw new UsageError(`${word} is no tier`, "Allowed: dedicated, low_priority.");
  }
}
