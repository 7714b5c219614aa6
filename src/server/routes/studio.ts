// Links and sessions for browsers.
import { Refused } from "../../core/refused.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { noCookie, sessionCookie } from "../http/studio-session.ts";

export function studioRoutes(
  context: ServerContext,
): SomeHandlers<"createStudioLink" | "openStudioSession" | "closeStudioSession"> {
  const { studioLinks, tokens, clock, url } = context;
  const answer = (cookie: string) => ({ body: nothing(), headers: { "set-cookie": cookie } });
  return {
    async createStudioLink({ body }) {
      const { code, expiresAt } = studioLinks.make(body.path, clock.now());
      return { url: `${url()}/enter/${code}`, expiresAt };
    },
    async openStudioSession({ body }) {
      if (tokens.identify(body.token.trim())?.kind === "user") return answer(sessionCookie(context));
      throw new Refused(
        "unauthorized",
        "that is not this server's token",
        "it lies in the file token of TRAINYARD_HOME; `trainyard studio` opens Studio without it",
      );
    },
    closeStudioSession: async () => answer(noCookie(url())),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("{}");
}
