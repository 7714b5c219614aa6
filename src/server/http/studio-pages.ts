// Studio as it was built, and the door that a one-time link leads through.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { Refused } from "../../core/refused.ts";
import { lastSeq } from "../../store/events.ts";
import type { ServerContext } from "../context.ts";
import { credentialsOf, identify } from "./authorize.ts";
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
    const caching = isForever ? "public, max-age=31536000, immutable" : "no-cache";
    app.get(path, async (c) =>
      answer(await asAccepted(file, c.req.header("accept-encoding")), file.type, caching),
    );
  }
  const [head, rest] = halves(new TextDecoder().decode(index.bytes), "<head>");
  app.get("*", async (c, next) => {
    const wantsPage = (c.req.header("accept") ?? "").includes("text/html");
    if (!wantsPage || notPages.test(c.req.path)) return next();
    if (!isSignedIn(context, c.req.raw)) return answer({ bytes: index.bytes }, index.type, "no-cache");
    // What the page reads from now on misses no event after this one; it need not ask before it reads.
    // Before any script: early.ts goes by it.
    const meta = `\n    <meta name="last-event" content="${await lastSeq(context.store.db)}" />`;
    const bytes = new TextEncoder().encode(`${head}${meta}${rest}`);
    // Not for later: going back to it would follow all that has happened since.
    return answer({ bytes }, index.type, "no-store");
  });
}

function halves(text: string, after: string): [string, string] {
  const at = text.indexOf(after) + after.length;
  return [text.slice(0, at), text.slice(at)];
}

function isSignedIn(context: ServerContext, request: Request): boolean {
  try {
    return identify(context, credentialsOf(request)).kind === "user";
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

interface BuiltFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
  /** Made for the first browser that takes it. */
  gzipped?: Promise<Uint8Array<ArrayBuffer>>;
}

interface Encoded {
  bytes: Uint8Array<ArrayBuffer>;
  encoding?: string;
}

const compress = promisify(gzip);

/** A font is compressed already; of what is small the packets are as many. */
const isWorthIt = ({ bytes, type }: BuiltFile): boolean => bytes.length > 1400 && !type.startsWith("font/");

async function asAccepted(file: BuiltFile, accepted = ""): Promise<Encoded> {
  if (!isWorthIt(file) || !/\bgzip\b/.test(accepted)) return { bytes: file.bytes };
  file.gzipped ??= compress(file.bytes).then((bytes) => new Uint8Array(bytes));
  return { bytes: await file.gzipped, encoding: "gzip" };
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

const answer = ({ bytes, encoding }: Encoded, type: string, caching: string): Response =>
  new Response(bytes, {
    headers: {
      "content-type": type,
      ...(encoding !== undefined && { "content-encoding": encoding }),
      vary: "accept-encoding",
      "cache-control": caching,
      "content-security-policy": policy,
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
    },
  });
