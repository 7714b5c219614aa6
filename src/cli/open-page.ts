// Opens a run's page in a browser when there is one. It never changes what a command prints on stdout.
import { spawn } from "node:child_process";
import type { Context } from "./context.ts";
import type { CommonOptions } from "./define-command.ts";
import { linksOf } from "./print/studio-links.ts";

export async function openPage(
  run: string,
  url: string,
  options: CommonOptions,
  context: Context,
): Promise<void> {
  const page = linksOf(url, context, options).page(run);
  const opened = await launch(openerOf(context.config.browser.value), page);
  context.io.note(opened ? `Opened ${page}` : `No browser was found here; the page is ${page}`);
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
