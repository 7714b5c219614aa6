// Tokens. The person's is random and lies in the home folder; agents' and jobs' are derived, so none is stored.
import { createHmac, hash, timingSafeEqual } from "node:crypto";

export type Identity =
  | { kind: "user" }
  | { kind: "session"; expiresAt: number }
  | { kind: "agent"; agent: string }
  | { kind: "job"; attempt: string };

export interface Tokens {
  forAgent(agent: string): string;
  /** Reaches the attempt's run until the attempt is closed. */
  forJob(attempt: string): string;
  /** Of a browser; as good as the person's until then (ms). */
  forSession(expiresAt: number): string;
  /** Whose token this is, by its signature alone; whether a job's attempt is still open is the store's to say. */
  identify(token: string): Identity | undefined;
}

const keptTokens = 1000;

export function createTokens(userToken: string, secret: string): Tokens {
  const sign = (kind: string, name: string) =>
    `${kind}_${Buffer.from(name).toString("base64url")}.${createHmac("sha256", secret).update(`${kind}\0${name}`).digest("base64url")}`;

  // Hashed once: every request brings a token to compare with it.
  const userDigest = digestOf(userToken);
  /** Good tokens: what each is never changes, and few are in use at a time. */
  const known = new Map<string, Identity>();

  function recognize(token: string): Identity | undefined {
    if (timingSafeEqual(digestOf(token), userDigest)) return { kind: "user" };
    const match = /^(tya|tyj|tys)_([\w-]+)\./.exec(token);
    if (!match) return undefined;
    const name = Buffer.from(match[2]!, "base64url").toString();
    if (!sameText(token, sign(match[1]!, name))) return undefined;
    if (match[1] === "tys") return { kind: "session", expiresAt: Number(name) };
    return match[1] === "tya" ? { kind: "agent", agent: name } : { kind: "job", attempt: name };
  }

  return {
    forAgent: (agent) => sign("tya", agent),
    forJob: (attempt) => sign("tyj", attempt),
    forSession: (expiresAt) => sign("tys", String(expiresAt)),
    identify(token) {
      const before = known.get(token);
      if (before) return before;
      const identity = recognize(token);
      if (!identity) return undefined;
      if (known.size >= keptTokens) known.clear();
      known.set(token, identity);
      return identity;
    },
  };
}

/** In constant time for texts of one length; both are hashed first, so the length tells nothing either. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(digestOf(a), digestOf(b));
const digestOf = (text: string): Buffer => hash("sha256", text, "buffer");
