// Runs side by side in a real browser; what is chosen is in the address.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { asWireSpec } from "../../src/api/job-spec.ts";
import { openBrowser } from "../support/browser.ts";
import type { StudioBrowser } from "../support/browser.ts";
import { aSpec } from "../support/specs.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

const patience = { timeout: 20_000 };

describe("Comparing runs", { timeout: 200_000 }, () => {
  let server: TestServer;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });

  /** A snapshot of one file. */
  const keep = async (text: string): Promise<string> => {
    const bytes = Buffer.from(text);
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
    await server.client.putBlob({ params: { hash }, body: bytes });
    const file = { path: "train.py", hash, sizeBytes: bytes.length, executable: false };
    const { id } = await server.client.putSnapshot({
      body: { version: 1, files: [file], emptyDirectories: [] },
    });
    return id;
  };
  const make = async (name: string, rate: number, code: string, further: Record<string, number> = {}) => {
    const literals = Object.entries({ rate, depth: 3, ...further });
    const spec = aSpec({
      name,
      displayName: name,
      code: { kind: "snapshot", id: await keep(code) },
      inputs: Object.fromEntries(
        literals.map(([input, value]) => [input, { kind: "literal" as const, value }]),
      ),
      environmentVariables: { RATE: String(rate) },
    });
    await server.client.createJob({ body: { spec: asWireSpec(spec) } });
  };

  before(async () => {
    server = await startTestServer();
    await make("first", 0.1, "print('one')\nprint('same')\n");
    await make("second", 0.01, "print('two')\nprint('same')\n");
    await make("third", 0.001, "print('two')\nprint('same')\n");
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("shows what differs, and what is the same on demand", async (t) => {
    studio = await openBrowser(t, server);
    if (!studio) return;
    const { page } = studio;
    await studio.open("/compare?runs=first,second");
    await page.getByRole("rowheader", { name: "rate", exact: true }).waitFor(patience);
    assert.equal(await page.getByRole("rowheader", { name: "depth", exact: true }).count(), 0);

    await page.getByRole("checkbox", { name: /Also what is the same/ }).check();
    await page.getByRole("rowheader", { name: "depth", exact: true }).waitFor(patience);
    assert.match(page.url(), /same=true/);
    await studio.expectAccessible();
  });

  withStudio("adds and removes runs, and an address brings the same ones back", async (studio) => {
    const { page } = studio;
    await page.getByRole("button", { name: "Add a run" }).click();
    await page.getByRole("button", { name: /^third/ }).click();
    await page.getByRole("columnheader", { name: "third" }).waitFor(patience);
    await page.getByRole("button", { name: "Remove first" }).click();
    await page.getByRole("columnheader", { name: "first" }).waitFor({ ...patience, state: "detached" });

    await page.reload();
    await page.getByRole("columnheader", { name: "third" }).waitFor(patience);
    assert.deepEqual(
      (await page.locator(".compare-table thead th").allTextContents()).slice(1).map((text) => text.trim()),
      ["second", "third"],
    );
  });

  withStudio("shows how code and environment differ", async (studio) => {
    const { page } = studio;
    await studio.open("/compare?runs=first,second&view=code");
    await page.locator(".diff-gone").getByText("print('one')").waitFor(patience);
    await page.locator(".diff-new").getByText("print('two')").waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("compare-code");
    await page.getByRole("button", { name: "Environment" }).click();
    await page.getByText("RATE=0.01").waitFor(patience);
  });

  withStudio("draws repetitions as their mean, and reads many runs in one call", async (studio) => {
    const { page } = studio;
    const names = Array.from({ length: 12 }, (_, index) => `seed-${index}`);
    for (const [seed, name] of names.entries()) {
      const rate = seed < 6 ? 0.1 : 0.01;
      await make(name, rate, "print('one')\n", { seed });
      const lines = [0, 1, 2].map(
        (s) => `${JSON.stringify({ t: "m", n: "loss", v: rate + seed, s, at: s })}\n`,
      );
      lines.push(`${JSON.stringify({ t: "m", n: "score", v: seed - 4, at: 1 })}\n`);
      for (const n of ["train/acc", "val/acc"])
        for (const s of [0, 1]) lines.push(`${JSON.stringify({ t: "m", n, v: seed + s, s, at: s })}\n`);
      const query = { stream: "s", offset: 0 };
      await server.client.appendRecords({ params: { run: name }, query, body: lines.join("") });
    }
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));

    await studio.open(`/compare?runs=${names.join(",")}&view=charts`);
    await page.locator('[data-chart="loss"] .chart-legend tbody tr').nth(11).waitFor(patience);
    await studio.expectAccessible();
    const calls = (name: string) => asked.filter((path) => path === `/api/v1/runs/${name}`).length;
    assert.equal(calls("details"), 1);
    // Once more for what came meanwhile.
    assert.ok(calls("plots") <= 2);

    await page.getByLabel("Group by").selectOption("All parameters but seed");
    await page
      .getByRole("row", { name: /rate 0\.01 \(6\)/ })
      .first()
      .waitFor(patience);
    assert.match(page.url(), /group=but/);
    // Seeds 6 to 11, and 0 to 5; the deviation of six whole numbers in a row.
    const last = await page.locator('[data-chart="loss"] .chart-last').allTextContents();
    assert.deepEqual(last, ["8.51", "2.6"]);
    assert.deepEqual(await page.locator('[data-chart="loss"] .chart-range').allTextContents(), [
      "± 1.8708",
      "± 1.8708",
    ]);
    await studio.takePictures("compare-groups");

    // What was logged once is no curve: a bar for each, from zero. Means of 4.5 and of -1.5.
    const bars = await page.locator('[data-chart="score"] .single-fill').all();
    assert.deepEqual(await Promise.all(bars.map((bar) => bar.getAttribute("style"))), [
      "left: 25%; width: 75%; background: var(--series-1);",
      "left: 0%; width: 25%; background: var(--series-2);",
    ]);

    await page.getByLabel("Train and validation together").check();
    const acc = page.locator('[data-chart="acc"]');
    await acc.getByRole("row", { name: "rate 0.1 (6), val ± 1.8708 3.5" }).waitFor(patience);
    assert.equal(await acc.locator(".chart-legend tbody tr").count(), 4);
    await studio.expectAccessible();
    await studio.takePictures("compare-joined");
    await page.getByLabel("Group by").selectOption("");
    await acc.getByRole("row", { name: /^seed-11, train/ }).waitFor(patience);
    await page.getByLabel("Group by").selectOption("All parameters but seed");

    await page.getByLabel("Band").selectOption("Least to greatest");
    await page.getByText("6.01 to 11.01").waitFor(patience);
  });

  withStudio("says which run is not there, and fits a narrow window", async (studio) => {
    const { page } = studio;
    await studio.open("/compare?runs=first,nothing");
    await page.getByRole("alert").waitFor(patience);
    await studio.setWidth(360);
    await studio.expectAccessible();
    const wide = await page.evaluate(
      "document.getElementById('page').scrollWidth - document.getElementById('page').clientWidth",
    );
    assert.equal(wide, 0);
    await studio.takePictures("compare-narrow");
  });
});
