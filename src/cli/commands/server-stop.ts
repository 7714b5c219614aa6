// `server stop`: running jobs go on without it.
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";

export const addServerStop: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "stop", {
    summary: "Stop the server of TRAINYARD_HOME; running jobs go on",
    description:
      "Stops the server of TRAINYARD_HOME. Running jobs go on without it, and are picked up where they are when it starts again.",
    examples: ["trainyard server stop"],
  });
  withCommonOptions(command).action((options: CommonOptions) => stop(options, context));
};

async function stop(options: CommonOptions, context: Context): Promise<void> {
  if (context.config.url.value !== undefined) {
    throw new UsageError(
      "TRAINYARD_URL is set, and this stops the server of TRAINYARD_HOME only",
      "Unset TRAINYARD_URL, or stop that server where it runs.",
    );
  }
  const { stopServer } = await import("../connect/stop-server.ts");
  const stopped = await stopServer(context);
  if (stopped.was === "absent") context.io.note("No server is running.");
  else {
    const jobs = stopped.runningJobs ?? 0;
    context.io.note(
      `Stopped (process ${stopped.pid}).${jobs > 0 ? ` ${jobs} ${jobs === 1 ? "job goes" : "jobs go"} on without it.` : ""}`,
    );
  }
  if (options.output !== undefined || options.query !== undefined) {
    const { printStatus } = await import("../print/server-status.ts");
    await printStatus({ running: false, home: context.config.home.value }, options, context);
  }
}
