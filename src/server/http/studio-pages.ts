// Studio as it was built, and the door that a one-time link leads through.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import type { ServerContext } from "../context.ts";
import { addFrontPage } from "./front-page.ts";
import { sessionCookie } from "./studio-session.ts";

/** Nothing but what this server sends. Charts and editors set styles by script, which this allows. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

/** Beside src/ and dist/ alike. */
const builtFolder = join(import.meta.dirname, "..", "..", "..", "dist-studio");

/** The first words of addresses that are not Studio's, so that a wrong one is told and not shown as a page. */
const notPages =
  /^\/(api|ajax-api|schemas|healthz|metrics|health|version|get-artifact|model-versions|graphql|v1)(\/|$)/;

export function addStudio(app: Hono<{ Bindings: HttpBindings }>, context: ServerContext): void {
  app.get("/enter/:code", (c) => {
    const path = context.studioLinks.use(c.req.param("code"), context.clock.now());
    if (path === undefined) return c.redirect("/sign-in?used=true", 302);
    c.header("set-cookie", sessionCookie(context));
    return c.redirect(path, 302);
  });
  const files = readBuilt(builtFolder);
  const index = files.get("/index.html");
  if (!index) {
    addFrontPage(app);
    return;
  }
  for (const [path, file] of files) {
    const isForever = path.startsWith("/assets/");
    app.get(path, () => answer(file, isForever ? "public, max-age=31536000, immutable" : "no-cache"));
  }
  app.get("*", async (c, next) => {
    const wantsPage = (c.req.header("accept") ?? "").includes("text/html");
    if (!wantsPage || notPages.test(c.req.path)) return next();
    return answer(index, "no-cache");
  });
}

interface BuiltFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/** A megabyte or so, read once: the files of a release do not change under a running server. */
function readBuilt(folder: string): Map<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = types[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(folder.length), { bytes: new Uint8Array(readFileSync(path)), type });
    }
  } catch {
    return new Map();
  }
  return files;
}

const answer = (file: BuiltFile, caching: string): Response =>
  new Response(file.bytes, {
    headers: {
      "content-type": file.type,
      "cache-control": caching,
      "content-security-policy": policy,
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
    },
  });
