// `env`: the variables that lead MLflow's clients to this server, for a shell or a notebook.
import { Option } from "commander";
import type { AddCommand } from "../command-entry.ts";
import { resolveAddress } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface EnvOptions extends CommonOptions {
  for: "shell" | "notebook";
}

export const addEnv: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "env", {
    summary: "Print the variables that lead MLflow's clients to this server",
    description:
      "Print the variables that lead MLflow's clients to this server. The token among them is your own: keep the output to yourself.",
    examples: ['eval "$(trainyard env)"', "trainyard env --for notebook"],
  });
  command.addOption(
    new Option("--for <what>", "lines for a shell or for a notebook")
      .choices(["shell", "notebook"])
      .default("shell"),
  );
  withCommonOptions(command).action((options: EnvOptions) => printVariables(options, context));
};

async function printVariables(options: EnvOptions, context: Context): Promise<void> {
  const { url, token } = await resolveAddress(context);
  const variables = {
    MLFLOW_TRACKING_URI: url,
    MLFLOW_TRACKING_TOKEN: token,
  };
  for (const [name, value] of Object.entries(variables)) {
    const line =
      options.for === "notebook" ? `%env ${name}=${value}` : `export ${name}=${quoteForShell(value)}`;
    await context.io.write(`${line}\n`);
  }
}

const quoteForShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
