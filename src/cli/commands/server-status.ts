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
    examples: [
      "trainyard server status",
      "trainyard server status --query url -o tsv",
      "trainyard server status --storage",
    ],
  }).option("--storage", "also how much of the disk its home takes, by kind");
  withCommonOptions(command).action((options: ServerStatusOptions) => showStatus(options, context));
};

interface ServerStatusOptions extends CommonOptions {
  storage?: true;
}

async function showStatus(options: ServerStatusOptions, context: Context): Promise<void> {
  const home = context.config.home.value;
  const url = context.config.url.value;
  if (url !== undefined) {
    context.io.note(`note: TRAINYARD_URL is set, so commands use ${url} and not this server.`);
  }
  const found = await findServer(home);
  const status = statusOf(found, home);
  if (options.storage && found.state !== "running")
    context.io.note("The server does not run, so nobody measured its home.");
  const measured = options.storage && found.state === "running" ? await measure(context) : {};
  await printStatus({ ...status, ...measured }, options, context);
}

async function measure(context: Context): Promise<Pick<ServerStatus, "storage">> {
  const { config } = context;
  const { connect } = await import("../connect/connect.ts");
  const { formatBytes } = await import("../progress.ts");
  // The home folder's own server, whatever TRAINYARD_URL says.
  using connection = await connect({
    ...context,
    config: { ...config, url: { value: undefined, from: "default" } },
  });
  const { parts, freeBytes } = await connection.client.getStorage({});
  const sizes = parts.map(({ name, sizeBytes }) => [name, formatBytes(sizeBytes)]);
  return { storage: { ...Object.fromEntries(sizes), free_on_the_disk: formatBytes(freeBytes) } };
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
