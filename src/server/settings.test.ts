// What the page of settings shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer } from "../../test/support/test-server.ts";

test("a person reads the token and what is stored; a job and an agent do not", async () => {
  await using server = await startTestServer();

  const { token } = await server.client.revealToken({ body: {} });
  const { home, parts, freeBytes } = await server.client.getStorage({});

  assert.equal(token, server.token);
  assert.equal(home, server.home);
  assert.ok(parts.find(({ name }) => name === "database")!.sizeBytes > 0);
  assert.ok(freeBytes > 0);
  assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
  for (const other of [server.tokens.forJob("a"), server.tokens.forAgent("local"), ""]) {
    const answer = await server.fetch("/api/v1/studio/token", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
      token: other,
    });
    assert.ok([401, 403].includes(answer.status), `${answer.status}`);
  }
});
