// `compute list-sizes`: what the names of sizes stand for here.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface ComputeListSizesOptions extends CommonOptions {
  location?: string;
  type?: string;
}

export const addComputeListSizes: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "list-sizes", {
    summary: "List what sizes of nodes stand for, and whether this machine has so much",
    description:
      "Lists sizes of nodes with their cores, memory and graphics cards, and what of that this machine has not got.\nThe file sizes.json of TRAINYARD_HOME adds sizes and changes known ones (docs/compute.md).",
    examples: [
      "trainyard compute list-sizes -o table",
      "trainyard compute list-sizes --query \"[?name=='Standard_NC6']\"",
    ],
  })
    .option("-l, --location <name>", "accepted without effect")
    .option("-t, --type <type>", "accepted without effect");
  withCommonOptions(command).action((options: ComputeListSizesOptions) => listSizes(options, context));
};

async function listSizes(options: ComputeListSizesOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const { sizes, file } = await connection.client.listSizes({});
  const { printResult } = await import("../print/print-result.ts");
  const documents = sizes.map((size) => ({
    name: size.name,
    cores: size.cores,
    memory_gib: size.memoryGib,
    gpus: size.gpus,
    from: size.isOwn ? file : "built in",
    missing: size.missing,
  }));
  await printResult(documents, options, context, [
    { title: "Name", of: ({ name }) => name },
    { title: "Cores", of: ({ cores }) => cores },
    { title: "GiB", of: ({ memory_gib: memory }) => memory },
    { title: "GPUs", of: ({ gpus }) => gpus },
    { title: "From", of: ({ from }) => (from === "built in" ? from : "sizes.json") },
    { title: "This machine has not got", of: ({ missing }) => missing },
  ]);
}
