// `config`: every value that the command line goes by, and where it came from.
import type { AddCommand } from "../command-entry.ts";
import type { Config } from "../config.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { printResult } from "../print/print-result.ts";

interface Row {
  name: string;
  value: string | number | boolean | undefined;
  from: string;
  variable: string | undefined;
}

export const addConfig: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "config", {
    summary: "Print every setting and where it came from",
    examples: ["trainyard config", "trainyard config -o json"],
  });
  withCommonOptions(command).action((options: CommonOptions) => showConfig(options, context));
};

async function showConfig(options: CommonOptions, context: Context): Promise<void> {
  const output = options.output ?? (options.query === undefined ? "table" : "json");
  await printResult(rowsOf(context.config), { ...options, output }, context, [
    { title: "Setting", of: (row) => row["name"] },
    { title: "Value", of: (row) => row["value"] ?? "-" },
    { title: "From", of: (row) => row["from"] },
    { title: "Change it with", of: (row) => row["variable"] },
  ]);
}

function rowsOf(config: Config): Row[] {
  const { home, url, token, group, workspace, location, browser, color, user, snapshotBytes, snapshotFiles } =
    config;
  // The file itself names no secret; the table should not either, since people paste it into reports.
  const hidden = { ...token, value: token.value === undefined ? undefined : "(set)" };
  const server = { ...url, value: url.value ?? "the server of home" };
  const kept = "az configure --defaults";
  return [
    { name: "home", ...home, variable: "TRAINYARD_HOME" },
    { name: "url", ...server, variable: "TRAINYARD_URL" },
    {
      name: "token",
      ...(token.value === undefined ? { value: "of home", from: "default" } : hidden),
      variable: "TRAINYARD_TOKEN",
    },
    { name: "group", ...group, variable: `${kept} group=…` },
    { name: "workspace", ...workspace, variable: `${kept} workspace=…` },
    { name: "location", ...location, variable: `${kept} location=…` },
    { name: "snapshot_max_bytes", ...snapshotBytes, variable: "TRAINYARD_SNAPSHOT_MAX_BYTES" },
    { name: "snapshot_max_files", ...snapshotFiles, variable: "TRAINYARD_SNAPSHOT_MAX_FILES" },
    { name: "browser", ...browser, variable: "BROWSER" },
    { name: "color", ...color, variable: "NO_COLOR" },
    { name: "user", ...user, variable: undefined },
  ];
}
