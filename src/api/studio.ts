// How a browser comes to a session: by a link that works once, or by the token itself.
import { z } from "zod";
import { endpoint, raw } from "./endpoint.ts";

export const createStudioLink = endpoint({
  method: "POST",
  path: "/api/v1/studio/links",
  access: "user",
  summary: "Make a link that opens Studio in a browser",
  description: "It works once, within two minutes, and gives the browser a session of thirty days.",
  body: z.object({
    path: z
      .string()
      .regex(/^\/(?![/\\])[^\\]*$/, "a path of this server, such as /runs/iris-1")
      .default("/")
      .meta({ description: "The page that it leads to." }),
  }),
  response: z.object({ url: z.string(), expiresAt: z.int() }),
});

export const openStudioSession = endpoint({
  method: "POST",
  path: "/api/v1/studio/session",
  access: "public",
  summary: "Open a browser session with the token",
  body: z.object({ token: z.string().max(1000) }),
  response: raw("application/json", "`{}` with the session's cookie."),
});

export const closeStudioSession = endpoint({
  method: "DELETE",
  path: "/api/v1/studio/session",
  access: "user",
  summary: "Forget this browser's session",
  response: raw("application/json", "`{}`, and the cookie is taken back."),
});
