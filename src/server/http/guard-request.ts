// What a browser could be tricked into is refused before anything else looks at the request: a foreign Host
// (DNS rebinding) or a foreign Origin (cross-site requests).
import { Refused } from "../../core/refused.ts";
import type { ServerConfig } from "../config.ts";

/** The headers that say where a request comes from and where it was to go. */
export interface GuardedHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  "sec-fetch-site"?: string | string[] | undefined;
}

export const guardedHeadersOf = ({ headers }: Request): GuardedHeaders => ({
  host: headers.get("host") ?? undefined,
  origin: headers.get("origin") ?? undefined,
  "sec-fetch-site": headers.get("sec-fetch-site") ?? undefined,
});

export function createGuard(config: ServerConfig, url: () => string): (headers: GuardedHeaders) => void {
  // Nearly every request names the host as the one before it did.
  let good: string | undefined;
  return ({ host, origin, "sec-fetch-site": site }) => {
    if (!host || host !== good) {
      const own = new URL(url());
      if (!host || !isOwnHost(host, own, config.allowedHosts)) {
        throw new Refused(
          "forbidden",
          `this server is not called ${host ?? "(no Host header)"}`,
          `use ${own.origin}, or start the server with --allowed-host`,
        );
      }
      good = host;
    }
    if (origin !== undefined && !isOwnOrigin(origin, new URL(url()), config.allowedHosts)) {
      throw new Refused("forbidden", `requests from pages of ${origin} are not taken`);
    }
    if (site === "cross-site" || site === "same-site") {
      throw new Refused("forbidden", "requests from pages of another site are not taken");
    }
  };
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
