// `az configure --defaults group=g workspace=w`: kept in TRAINYARD_HOME, for this user.
import { mkdir, rename, writeFile } from "node:fs/promises";
import type { AddCommand } from "../command-entry.ts";
import { defaultsFile, readDefaults } from "../config.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";

interface AzConfigureOptions extends CommonOptions {
  defaults?: string[];
  listDefaults?: true;
}

export const addAzConfigure: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "configure", {
    summary: "Keep defaults for --resource-group and --workspace-name",
    examples: ["az configure --defaults group=research workspace=vision location=here"],
  })
    .option(
      "-d, --defaults <name=value...>",
      "such as group=g workspace=w; an empty value removes one",
      collect,
    )
    .option("-l, --list-defaults", "print what is kept");
  withCommonOptions(command).action((options: AzConfigureOptions) => configure(options, context));
};

async function configure(options: AzConfigureOptions, context: Context): Promise<void> {
  const home = context.config.home.value;
  const pairs = (options.defaults ?? []).map(split);
  if (pairs.length > 0) await changeDefaults(home, pairs);
  if (options.listDefaults) {
    const { printResult } = await import("../print/print-result.ts");
    await printResult(listDefaults(home), options, context);
  }
}

/** As the Azure CLI prints them. */
export const listDefaults = (home: string) =>
  Object.entries(readDefaults(home)).map(([name, value]) => ({ name, source: defaultsFile(home), value }));

/** An empty value removes one. */
export async function changeDefaults(home: string, pairs: readonly [string, string][]): Promise<void> {
  const defaults: Record<string, string> = readDefaults(home);
  for (const [name, value] of pairs) {
    if (value === "") delete defaults[name];
    else defaults[name] = value;
  }
  await save(home, defaults);
}

function split(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
  throw new UsageError(`--defaults ${pair} has no value`, "Write it as --defaults group=g workspace=w");
}

async function save(home: string, defaults: Record<string, string>): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = defaultsFile(home);
  const aside = `${path}.${process.pid}.new`;
  await writeFile(aside, `${JSON.stringify(defaults, null, 2)}\n`, { mode: 0o600 });
  await rename(aside, path);
}
