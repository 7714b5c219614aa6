// The shape that every command shares: its help with examples, and the options that all of them take.
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { outputFormats } from "./print/formats.ts";
import type { OutputFormat } from "./print/formats.ts";

/** What every command accepts. */
export interface CommonOptions {
  output?: OutputFormat;
  query?: string;
  resourceGroup?: string;
  workspaceName?: string;
  subscription?: string;
}

export interface CommandTexts {
  summary: string;
  description?: string;
  /** Lines of a shell, each a whole example. */
  examples: readonly string[];
}

export function defineCommand(parent: Command, name: string, texts: CommandTexts): Command {
  const examples = texts.examples.map((line) => `  ${line}`).join("\n");
  return parent
    .command(name)
    .summary(texts.summary)
    .description(texts.description ?? texts.summary)
    .addHelpText("after", `\nExamples:\n${examples}`)
    .configureHelp({ sortOptions: false });
}

/** Added last, so that a command's own options come first in its help. */
export function withCommonOptions(command: Command): Command {
  return command
    .optionsGroup("Common options:")
    .addOption(new Option("-o, --output <format>", "how to print the result").choices(outputFormats))
    .option("--query <jmespath>", "pick from the result (JMESPath); with -o tsv the bare value")
    .option("-g, --resource-group <name>", "resource group; any name will do")
    .option("-w, --workspace-name <name>", "workspace")
    .option("--subscription <id>", "subscription; any will do")
    .option("--only-show-errors", "no notes and no progress on stderr")
    .option("--verbose", "say more on stderr")
    .option("--debug", "say even more, with stack traces");
}

export function parsePositive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number from 1 on.`);
}

export function parseCount(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number from 0 on.`);
}

/** For flags that scripts write as `--flag`, `--flag true` or `--flag false`. */
export function parseFlag(text: string): boolean {
  if (/^(true|yes|1)$/i.test(text)) return true;
  if (/^(false|no|0)$/i.test(text)) return false;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is neither true nor false.`);
}

/** Accepts `a=b c=d`, also given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
