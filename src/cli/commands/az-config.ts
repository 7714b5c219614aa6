// `az config set|get|unset defaults.group=…`: another way to say `az configure --defaults`.
import type { Command } from "commander";
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { CommandFailed, UsageError } from "../fail.ts";
import { changeDefaults, listDefaults } from "./az-configure.ts";

const prefix = "defaults.";

export const addAzConfig: AddCommand = (parent, context) => {
  const config = parent
    .command("config")
    .description("Defaults, in the words of az config; other settings are accepted and not kept")
    .helpCommand(false);
  const add = (name: string, summary: string, example: string): Command =>
    withCommonOptions(defineCommand(config, name, { summary, examples: [example] }).allowUnknownOption());

  add("set", "Keep defaults", "az config set defaults.group=g defaults.workspace=w")
    .argument("<name=value...>", "defaults.group, defaults.workspace and defaults.location are kept")
    .action((pairs: string[]) => set(pairs, context));
  add("unset", "Forget defaults", "az config unset defaults.group")
    .argument("<name...>", "such as defaults.group")
    .action((names: string[]) =>
      set(
        names.map((name) => `${name}=`),
        context,
      ),
    );
  add("get", "Print a default, or all", "az config get defaults.group --query value -o tsv")
    .argument("[name]", "such as defaults.group")
    .action((name: string | undefined, options: CommonOptions) => get(name, options, context));
};

async function set(pairs: string[], { config }: Context): Promise<void> {
  const kept = pairs.flatMap((pair): [string, string][] => {
    const equals = pair.indexOf("=");
    if (equals < 1)
      throw new UsageError(`${pair} has no value`, "Write it as az config set defaults.group=g");
    const name = pair.slice(0, equals);
    return name.startsWith(prefix) ? [[name.slice(prefix.length), pair.slice(equals + 1)]] : [];
  });
  if (kept.length > 0) await changeDefaults(config.home.value, kept);
}

async function get(name: string | undefined, options: CommonOptions, context: Context): Promise<void> {
  const all = listDefaults(context.config.home.value);
  const section = prefix.slice(0, -1);
  const found = name?.startsWith(prefix) ? all.find((row) => prefix + row.name === name) : { [section]: all };
  if (found === undefined) throw new CommandFailed(`the setting ${name} is not set`);
  const { printResult } = await import("../print/print-result.ts");
  await printResult(name === section ? all : found, options, context);
}
