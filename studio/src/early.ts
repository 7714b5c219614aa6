// Asks for what the first page shows while the main script is still on its way: a script of its own, of a few kilobytes.
import { callEarly } from "./api/call.ts";
import { detailsCall, workspacePath } from "./api/paths.ts";
import { firstPageOf, keysCall, tableCall } from "./features/jobs/table-calls.ts";
import { columnsOf, readView, requestOf } from "./features/jobs/view.ts";
import type { RunKeys } from "./features/jobs/view.ts";

/** The jobs page as it is at first; with a view in the address the page asks for itself. */
async function askForJobs(): Promise<void> {
  void callEarly(workspacePath);
  const keys = await callEarly<RunKeys>(...keysCall(undefined));
  const view = readView({});
  void callEarly(...tableCall(firstPageOf(requestOf(view, columnsOf(view, keys), []))));
}

async function askForRun(encoded: string): Promise<void> {
  await callEarly(...detailsCall([decodeURIComponent(encoded)]));
}

async function askForFirstPage(): Promise<void> {
  const [, run] = /^\/runs\/([^/]+)/.exec(location.pathname) ?? [];
  if (run !== undefined) await askForRun(run);
  else if (location.pathname === "/" && location.search === "") await askForJobs();
}

// Written on the page for who is signed in; without a session there is nothing to ask.
if (document.querySelector("meta[name=last-event]")) {
  // What was refused is told by the page, which asks the same.
  askForFirstPage().catch(() => {});
}
