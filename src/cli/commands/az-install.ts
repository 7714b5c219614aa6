// `az install`: an `az` for scripts that were written for the Azure CLI.
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";

interface AzInstallOptions extends CommonOptions {
  dir: string;
}

const mark = "# Hands Azure CLI commands to Trainyard.";

export const addAzInstall: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "install", {
    summary: "Write an `az` that runs Azure ML scripts on Trainyard",
    description:
      "Writes an executable named az into a folder. With that folder first on the PATH, scripts with `az ml job create …` run unchanged; `az login`, `az extension add` and the like do nothing and succeed.",
    examples: [
      "trainyard az install --dir ~/bin/trainyard-az",
      "PATH=~/bin/trainyard-az:$PATH bash train.sh",
    ],
  }).requiredOption("--dir <folder>", "where to write it");
  withCommonOptions(command).action((options: AzInstallOptions) => install(options, context));
};

async function install(options: AzInstallOptions, { io, config }: Context): Promise<void> {
  const folder = resolve(options.dir);
  const path = join(folder, "az");
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present !== undefined && !present.includes(mark)) {
    throw new CommandFailed(`${path} exists and is another program`, {
      hint: "Choose another folder with --dir.",
    });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(path, scriptFor(fileURLToPath(new URL("../../../bin/trainyard", import.meta.url))));
  await chmod(path, 0o755);
  io.note(`Wrote ${path}`);
  if (!config.path.includes(folder)) {
    io.note(`To use it: export PATH=${folder}${delimiter}$PATH`);
  }
}

const scriptFor = (program: string): string => `#!/bin/sh
${mark} Written by \`trainyard az install\`.
trainyard='${program.replaceAll("'", `'\\''`)}'
case \${1-} in
  ml) exec "$trainyard" "$@" ;;
  *) exec "$trainyard" az "$@" ;;
esac
`;
