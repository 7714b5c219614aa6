// What a browser sees at the server's address while the web interface is not part of this version: what runs here,
// and the commands that show the rest. It tells nothing that needs a token.
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { version } from "../version.ts";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function addFrontPage(app: Hono<{ Bindings: HttpBindings }>): void {
  const page = (run: string | undefined) =>
    new Response(pageFor(run), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "x-frame-options": "DENY",
      },
    });
  app.get("/", () => page(undefined));
  app.get("/runs/:run", (c) => page(c.req.param("run")));
}

function pageFor(run: string | undefined): string {
  const commands =
    run === undefined
      ? [
          "trainyard job create -f job.yml --stream",
          "trainyard job list -o table",
          "trainyard compute list -o table",
        ]
      : [
          `trainyard job show -n ${quoted(run)}`,
          `trainyard job stream -n ${quoted(run)}`,
          `trainyard job download -n ${quoted(run)} --outputs`,
        ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${run === undefined ? "Trainyard" : `${escaped(run)} · Trainyard`}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 42rem; margin: 4rem auto; padding: 0 1rem }
  pre { padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; overflow: auto }
</style>
<h1>${run === undefined ? "Trainyard is running" : escaped(run)}</h1>
<p>Version ${escaped(version)}. The web interface is not part of this version; the command line shows everything:</p>
<pre>${commands.map(escaped).join("\n")}</pre>
</html>
`;
}

/** As one word of a shell, so that the line can be copied whatever the address held. */
const quoted = (text: string): string =>
  /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? "");
