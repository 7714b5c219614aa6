// Browser sessions: a cookie that is as good as the person's token, for a time. Links that open one work once.
import { randomBytes } from "node:crypto";
import type { ServerContext } from "../context.ts";

const sessionMs = 30 * 24 * 3600 * 1000;
const linkMs = 2 * 60 * 1000;

/** Browsers send a cookie to every port of a host: each server has a name of its own for it. */
export const cookieName = (ownUrl: string): string => `trainyard_${new URL(ownUrl).port || "80"}`;

export function sessionCookie(context: Pick<ServerContext, "tokens" | "clock" | "url">): string {
  const value = context.tokens.forSession(context.clock.now() + sessionMs);
  return cookie(context.url(), value, sessionMs / 1000);
}

export const noCookie = (ownUrl: string): string => cookie(ownUrl, "", 0);

function cookie(ownUrl: string, value: string, seconds: number): string {
  const secure = ownUrl.startsWith("https:") ? "; Secure" : "";
  return `${cookieName(ownUrl)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

export function cookieOf(header: string | null, ownUrl: string): string {
  const name = cookieName(ownUrl);
  for (const part of (header ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name) return value ?? "";
  }
  return "";
}

/** Codes of links that were made and not used yet. A restart forgets them: then a new one is made. */
export class StudioLinks {
  readonly #links = new Map<string, { path: string; expiresAt: number }>();

  make(path: string, now: number): { code: string; expiresAt: number } {
    for (const [code, link] of this.#links) if (link.expiresAt <= now) this.#links.delete(code);
    const code = randomBytes(24).toString("base64url");
    const expiresAt = now + linkMs;
    this.#links.set(code, { path, expiresAt });
    return { code, expiresAt };
  }

  /** The page that the link leads to; undefined when it was used, is too old, or was never made. */
  use(code: string, now: number): string | undefined {
    const link = this.#links.get(code);
    this.#links.delete(code);
    return link !== undefined && link.expiresAt > now ? link.path : undefined;
  }
}
