// `server status`: whether the server runs, and where. Starts nothing.
import type { AddCommand } from "../command-entry.ts";
import { findServer } from "../connect/find-server.ts";
import type { Found } from "../connect/find-server.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { printStatus } from "../print/server-status.ts";
import type { ServerStatus } from "../print/server-status.ts";

export const addServerStatus: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "status", {
    summary: "Say whether the server of TRAINYARD_HOME runs, and where",
    examples: ["trainyard server status", "trainyard server status --query url -o tsv"],
  });
  withCommonOptions(command).action((options: CommonOptions) => showStatus(options, context));
};

async function showStatus(options: CommonOptions, context: Context): Promise<void> {
  const home = context.config.home.value;
  const url = context.config.url.value;
  if (url !== undefined) {
    context.io.note(`note: TRAINYARD_URL is set, so commands use ${url} and not this server.`);
  }
  await printStatus(statusOf(await findServer(home), home), options, context);
}

function statusOf(found: Found, home: string): ServerStatus {
  switch (found.state) {
    case "running":
      return { running: true, ...found.server, version: found.version };
    case "absent":
      return { running: false, home };
    case "crashed":
      return {
        running: false,
        home,
        problem: `the last one ended without a word; see server.log in ${home}`,
      };
    case "silent":
      return { running: true, ...found.server, problem: "its process lives, but does not answer" };
  }
}
