// Opens a page of Studio in a browser when there is one. It never changes what a command prints on stdout.
import { spawn } from "node:child_process";
import type { Client } from "../api/client.ts";
import type { Context } from "./context.ts";

export const pageOfRun = (run: string): string => `/runs/${encodeURIComponent(run)}`;

/** The browser gets a session by a link that works once. */
export async function openPage(path: string, client: Client, context: Context): Promise<void> {
  const { url } = await client.createStudioLink({ body: { path } });
  const opened = await launch(openerOf(context.config.browser.value), url);
  const shown = new URL(path, url).href;
  context.io.note(
    opened
      ? `Opened ${shown}`
      : `No browser was found here; open this within two minutes, in one that reaches this machine: ${url}`,
  );
}

function openerOf(browser: string | undefined): string {
  if (browser !== undefined) return browser;
  return process.platform === "darwin" ? "open" : "xdg-open";
}

function launch(command: string, page: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, [page], { detached: true, stdio: "ignore" });
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
    child.once("error", () => resolve(false));
  });
}
