// What a browser could be tricked into is refused before anything else looks at the request: a foreign Host
// (DNS rebinding) or a foreign Origin (cross-site requests).
import { Refused } from "../core/refused.ts";
import type { ServerConfig } from "./config.ts";

export function guardRequest(request: Request, config: ServerConfig, ownUrl: string): void {
  const own = new URL(ownUrl);
  const host = request.headers.get("host");
  if (!host || !isOwnHost(host, own, config.allowedHosts)) {
    throw new Refused(
      "forbidden",
      `this server is not called ${host ?? "(no Host header)"}`,
      `use ${own.origin}, or start the server with --allowed-host`,
    );
  }
  const origin = request.headers.get("origin");
  if (origin !== null && !isOwnOrigin(origin, own, config.allowedHosts)) {
    throw new Refused("forbidden", `requests from pages of ${origin} are not taken`);
  }
  const site = request.headers.get("sec-fetch-site");
  if (site === "cross-site" || site === "same-site") {
    throw new Refused("forbidden", "requests from pages of another site are not taken");
  }
}

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

function isOwnHost(host: string, own: URL, allowed: readonly string[]): boolean {
  const match = /^(\[[0-9a-f:]+\]|[^:\s,@/\\]+)(?::(\d+))?$/i.exec(host);
  if (!match) return false;
  const name = match[1]!.toLowerCase();
  if (
    allowed.some(
      (candidate) => candidate.toLowerCase() === name || candidate.toLowerCase() === host.toLowerCase(),
    )
  ) {
    return true;
  }
  const port = match[2] ?? "80";
  return port === (own.port || "80") && (loopbackNames.includes(name) || name === own.hostname);
}

function isOwnOrigin(origin: string, own: URL, allowed: readonly string[]): boolean {
  try {
    const url = new URL(origin);
    return isOwnHost(url.host, own, allowed);
  } catch {
    return false; // "null", which sandboxed pages send
  }
}
