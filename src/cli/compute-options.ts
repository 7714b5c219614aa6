// What `compute create` and `compute update` do with their options and their result.
import type { Command } from "commander";
import type { ComputeBody } from "../api/computes.ts";
import type { Connection } from "./connect/connect.ts";
import type { Context } from "./context.ts";
import { parseCount } from "./define-command.ts";
import type { CommonOptions } from "./define-command.ts";

export interface ComputeSettings {
  minInstances?: number;
  maxInstances?: number;
  idleTimeBeforeScaleDown?: number;
  description?: string;
}

export const withSettings = (command: Command): Command =>
  command
    .option("--min-instances <count>", "nodes that are always there", parseCount)
    .option("--max-instances <count>", "most nodes at once", parseCount)
    .option("-s, --idle-time-before-scale-down <seconds>", "how long a node without work stays", parseCount)
    .option("--description <text>", "a description");

export const settingsOf = (options: ComputeSettings) => ({
  ...(options.minInstances !== undefined && { minInstances: options.minInstances }),
  ...(options.maxInstances !== undefined && { maxInstances: options.maxInstances }),
  ...(options.idleTimeBeforeScaleDown !== undefined && {
    idleSecondsBeforeScaleDown: options.idleTimeBeforeScaleDown,
  }),
  ...(options.description !== undefined && { description: options.description }),
});

export async function printCompute(
  compute: ComputeBody,
  connection: Connection,
  options: CommonOptions,
  context: Context,
): Promise<void> {
  const [{ computeDocument, computeTables }, { printResult }, { linksOf }] = await Promise.all([
    import("./print/compute.ts"),
    import("./print/print-result.ts"),
    import("./print/studio-links.ts"),
  ]);
  const links = linksOf(connection.url, context, options);
  const document = computeDocument(compute, links);
  if (options.output === "table" && options.query === undefined)
    await context.io.write(computeTables(document));
  else await printResult(document, options, context);
}
