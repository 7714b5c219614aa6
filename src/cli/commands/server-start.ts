// `server start`: in the background, or in this terminal.
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { defineCommand, parseCount, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { printStatus } from "../print/server-status.ts";

interface ServerStartOptions extends CommonOptions {
  foreground?: true;
  port?: number;
}

export const addServerStart: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "start", {
    summary: "Start the server of TRAINYARD_HOME",
    description:
      "Starts the server of TRAINYARD_HOME in the background, or says that it runs already. Other commands do this by themselves when they need it.",
    examples: ["trainyard server start", "trainyard server start --foreground --port 8080"],
  })
    .option("--foreground", "stay in this terminal and log to it; Ctrl-C stops the server")
    .option(
      "--port <port>",
      "instead of 7171 (after a crash: the port that it had), or any free one when that is taken",
      parseCount,
    );
  withCommonOptions(command).action((options: ServerStartOptions) =>
    options.foreground ? runInForeground(options, context) : startServer(options, context),
  );
};

async function startServer(options: ServerStartOptions, context: Context): Promise<void> {
  const { config, clock, io } = context;
  const { ensureServer } = await import("../connect/start-server.ts");
  const { server, version, fresh } = await ensureServer({
    home: config.home.value,
    clock,
    ...(options.port !== undefined && { port: options.port }),
  });
  const otherPort = options.port !== undefined && new URL(server.url).port !== String(options.port);
  if (!fresh) io.note(`It was running already${otherPort ? ", on another port" : ""}.`);
  await printStatus({ running: true, ...server, version }, options, context);
}

async function runInForeground(options: ServerStartOptions, context: Context): Promise<void> {
  const home = context.config.home.value;
  const { findServer } = await import("../connect/find-server.ts");
  const found = await findServer(home);
  if (found.state === "running") {
    const { CommandFailed } = await import("../fail.ts");
    throw new CommandFailed(`a server runs already, at ${found.server.url}`, {
      hint: "Stop it first: trainyard server stop",
    });
  }
  const { runServerHere } = await import("../connect/run-server-here.ts");
  const stop = context.interrupted();
  process.exitCode = await runServerHere({
    home,
    stop,
    ...(options.port !== undefined && { port: options.port }),
  });
}
