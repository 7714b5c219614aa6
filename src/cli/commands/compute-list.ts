// `compute list`: the targets that jobs can run on.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, parsePositive, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface ComputeListOptions extends CommonOptions {
  type?: string;
  maxResults?: number;
}

export const addComputeList: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "list", {
    summary: "List computes",
    examples: ["trainyard compute list -o table"],
  })
    .option("--type <type>", "only of this type")
    .option("-r, --max-results <count>", "at most so many", parsePositive);
  withCommonOptions(command).action((options: ComputeListOptions) => listComputes(options, context));
};

async function listComputes(options: ComputeListOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const { computes } = await connection.client.listComputes({});
  const [{ computeColumns, computeDocument }, { printResult }, { linksOf }] = await Promise.all([
    import("../print/compute.ts"),
    import("../print/print-result.ts"),
    import("../print/studio-links.ts"),
  ]);
  const links = linksOf(connection.url, context, options);
  const documents = computes
    .filter(({ type }) => options.type === undefined || type === options.type.toLowerCase())
    .slice(0, options.maxResults)
    .map((compute) => computeDocument(compute, links));
  await printResult(documents, options, context, computeColumns);
}
