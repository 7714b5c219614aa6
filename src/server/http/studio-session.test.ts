import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import { cookieName, StudioLinks } from "./studio-session.ts";
import { createTokens } from "./tokens.ts";

const workspace = (url: string, headers: Record<string, string>) =>
  fetch(`${url}/api/v1/workspace`, { headers });

describe("A browser", () => {
  it("gets a session by a link that works once, and leads only to this server", async () => {
    await using server = await startTestServer();
    const { url } = await server.client.createStudioLink({ body: { path: "/runs/a" } });
    const entered = await fetch(url, { redirect: "manual" });
    assert.equal(entered.headers.get("location"), "/runs/a");
    const cookie = entered.headers.get("set-cookie") ?? "";
    assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
    const pair = cookie.split(";")[0]!;

    assert.equal((await workspace(server.url, { cookie: pair })).status, 200);
    assert.equal((await workspace(server.url, {})).status, 401);
    const again = await fetch(url, { redirect: "manual" });
    assert.equal(again.headers.get("location"), "/sign-in?used=true");
    assert.equal(again.headers.get("set-cookie"), null);
    for (const path of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
      await assert.rejects(server.client.createStudioLink({ body: { path } }), /a path of this server/);
    }
  });

  it("gets a session by the token, and by no other", async () => {
    await using server = await startTestServer();
    const signIn = (token: string) =>
      fetch(`${server.url}/api/v1/studio/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
      });
    assert.equal((await signIn("wrong")).status, 401);
    assert.equal((await signIn(server.tokens.forAgent("local"))).status, 401);
    const cookie = (await signIn(server.token)).headers.get("set-cookie")!.split(";")[0]!;
    assert.equal((await workspace(server.url, { cookie })).status, 200);
  });

  it("whose session is too old, forged, or another server's is nobody", async () => {
    await using server = await startTestServer();
    const name = cookieName(server.url);
    const old = server.tokens.forSession(Date.now() - 1);
    const forged = createTokens("x", "another secret").forSession(Date.now() + 60_000);
    const fine = server.tokens.forSession(Date.now() + 60_000);
    for (const cookie of [`${name}=${old}`, `${name}=${forged}`, `trainyard_1=${fine}`, `${name}=`]) {
      assert.equal((await workspace(server.url, { cookie })).status, 401, cookie);
    }
    assert.equal((await workspace(server.url, { cookie: `a=b; ${name}=${fine}` })).status, 200);
  });

  it("of another site cannot use the session", async () => {
    await using server = await startTestServer();
    const cookie = `${cookieName(server.url)}=${server.tokens.forSession(Date.now() + 60_000)}`;
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      assert.equal((await workspace(server.url, { cookie, ...headers })).status, 403);
    }
  });
});

it("A link is forgotten after two minutes", () => {
  const links = new StudioLinks();
  const { code } = links.make("/", 0);
  assert.equal(links.use(code, 2 * 60 * 1000), undefined);
  assert.equal(links.use(links.make("/x", 0).code, 1000), "/x");
});
