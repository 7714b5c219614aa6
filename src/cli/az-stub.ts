// Azure CLI commands that have no meaning on one's own server: they succeed, print what scripts read, and do nothing.
import type { Command } from "commander";
import type { Context } from "./context.ts";
import { defineCommand, withCommonOptions } from "./define-command.ts";
import type { CommonOptions } from "./define-command.ts";

export interface AzStub {
  name: string;
  summary: string;
  /** The value to print; undefined for commands that print nothing. */
  answer?: (context: Context, options: StubOptions) => unknown;
}

/** Of all their flags, those that an answer repeats. */
export interface StubOptions extends CommonOptions {
  name?: string;
  location?: string;
}

/** Whatever flags and words follow are accepted: these commands have dozens, and none matters here. */
export function addStub(parent: Command, { name, summary, answer }: AzStub, context: Context): void {
  const command = defineCommand(parent, name, {
    summary,
    examples: [`az ${[...wordsOf(parent), name].join(" ")}`],
  })
    .option("-n, --name <name>", "accepted")
    .option("-l, --location <name>", "accepted")
    .allowUnknownOption()
    .allowExcessArguments();
  withCommonOptions(command).action(async (options: StubOptions) => {
    if (!answer) return;
    const { printResult } = await import("./print/print-result.ts");
    await printResult(answer(context, options), options, context);
  });
}

const wordsOf = (command: Command): string[] =>
  command.parent?.parent ? [...wordsOf(command.parent), command.name()] : [];
