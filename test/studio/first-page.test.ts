// What a page of Studio loads and asks: how much script, its first calls before the main one runs, and what it does
// when the server has a newer one.
import assert from "node:assert/strict";
import { it } from "node:test";
import { openBrowser } from "../support/browser.ts";
import { isStudioBuilt, measureFirstScript } from "../support/studio-script.ts";
import { startTestServer } from "../support/test-server.ts";

const most = 200_000;

it("The jobs page loads under 200 KB of script, gzipped", (t) => {
  if (!isStudioBuilt()) return t.skip("Studio is not built");
  const { files, gzippedBytes } = measureFirstScript();
  t.diagnostic(`${Math.round(gzippedBytes / 1000)} KB in ${files} files`);
  assert.ok(gzippedBytes < most, `${gzippedBytes} bytes`);
});

it("A page older than the server's says so, and is loaded anew where a part of it is gone", async (t) => {
  await using server = await startTestServer();
  await using studio = await openBrowser(t, server);
  if (!studio) return;
  const { page } = studio;
  const stream = /\/events\/stream/;
  await page.route(stream, (route) => route.abort());
  await studio.open("/");
  await page.getByText("Reconnecting").waitFor();
  // As after an update: the server's page names another script.
  await page.route(`${server.url}/`, async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    await route.fulfill({
      response: answer,
      body: text.replace(/\/assets\/index-[^"]+/, "/assets/other.js"),
    });
  });
  await page.unroute(stream);
  await page.getByRole("button", { name: "Updated: reload" }).waitFor();

  await page.unroute(`${server.url}/`);
  await page.route(/\/assets\/settings-/, (route) => route.fulfill({ status: 404 }), { times: 1 });
  await page.evaluate("globalThis.isOldPage = true");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  assert.equal(await page.evaluate("globalThis.isOldPage"), undefined);
});

it(
  "What a page shows first is asked for once, before the main script is there",
  { timeout: 60_000 },
  async (t) => {
    await using server = await startTestServer();
    await using studio = await openBrowser(t, server);
    if (!studio) return;
    const { page } = studio;
    const made = await server.fetch("/api/2.0/mlflow/runs/create", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ experiment_id: "0" }),
    });
    const { run } = (await made.json()) as { run: { info: { run_id: string } } };
    const runId = run.info.run_id;

    for (const [path, calls, sight] of [
      ["/", ["workspace", "runs/keys", "runs/table"], ".run-name"],
      [`/runs/${runId}`, ["runs/details"], "h1"],
    ] as const) {
      const asked: string[] = [];
      const { promise: allAsked, resolve: release } = Promise.withResolvers<void>();
      page.on("request", (request) => {
        const [, call] = /\/api\/v1\/([^?]+)/.exec(request.url()) ?? [];
        if (call !== undefined) asked.push(call);
        if (calls.every((one) => asked.includes(one))) release();
      });
      // Without it nothing but the early script can ask.
      await page.route(/\/assets\/index-/, async (route) => {
        await allAsked;
        await route.continue();
      });
      await studio.open(path);
      await page.locator(sight).first().waitFor();
      for (const call of calls) assert.equal(asked.filter((one) => one === call).length, 1, call);
      page.removeAllListeners("request");
      await page.unroute(/\/assets\/index-/);
    }
  },
);
