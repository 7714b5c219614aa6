import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import { cookieName } from "./studio-session.ts";

const built = join(import.meta.dirname, "..", "..", "..", "dist-studio", "index.html");
const left = existsSync(built) ? false : "Studio is not built";

const lastEventOf = (html: string): number | undefined => {
  const [, found] = /<meta name="last-event" content="(\d+)" \/>/.exec(html) ?? [];
  return found === undefined ? undefined : Number(found);
};

it("a page says from which event on to follow, to who is signed in alone", { skip: left }, async () => {
  await using server = await startTestServer();
  const open = (headers: Record<string, string>) =>
    fetch(`${server.url}/runs/any`, { headers: { accept: "text/html", ...headers } });
  const cookie = `${cookieName(server.url)}=${server.tokens.forSession(Date.now() + 60_000)}`;
  await server.client.createCompute({ params: { compute: "gpus" }, body: { maxInstances: 2 } });

  const page = await open({ cookie });
  assert.equal(page.headers.get("cache-control"), "no-store");
  const { lastEvent } = await server.client.lastEvent({});
  assert.ok(lastEvent > 0);
  assert.equal(lastEventOf(await page.text()), lastEvent);

  for (const headers of [{}, { cookie: `${cookieName(server.url)}=forged` }]) {
    const stranger = await open(headers);
    assert.equal(stranger.status, 200);
    assert.equal(lastEventOf(await stranger.text()), undefined);
  }
});

it("scripts are sent compressed to who takes them so, and are the same", { skip: left }, async () => {
  await using server = await startTestServer();
  const html = await (await fetch(server.url, { headers: { accept: "text/html" } })).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)![1]!;
  const ask = (encoding: string) => fetch(server.url + script, { headers: { "accept-encoding": encoding } });
  const [plain, gzipped] = [await ask("identity"), await ask("gzip, br")];
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(gzipped.headers.get("content-encoding"), "gzip");
  assert.equal(gzipped.headers.get("vary"), "accept-encoding");
  assert.equal(await gzipped.text(), await plain.text());
});
