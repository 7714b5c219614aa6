// `studio`: opens the web interface in a browser.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface StudioOptions extends CommonOptions {
  print?: true;
}

export const addStudio: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "studio", {
    summary: "Open Studio, the web interface",
    description:
      "Opens Studio in a browser, and starts the server when it is not running. The link that it opens works once and gives the browser a session of thirty days.",
    examples: ["trainyard studio", "trainyard studio --print"],
  }).option("--print", "print the link and open nothing");
  withCommonOptions(command).action((options: StudioOptions) => openStudio(options, context));
};

async function openStudio(options: StudioOptions, context: Context): Promise<void> {
  using connection = await connect(context, { start: "any" });
  if (options.print) {
    const { url } = await connection.client.createStudioLink({ body: { path: "/" } });
    await context.io.write(`${url}\n`);
    return;
  }
  const { openPage } = await import("../open-page.ts");
  await openPage("/", connection.client, context);
}
