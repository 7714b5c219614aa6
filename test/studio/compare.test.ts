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
  const make = async (name: string, rate: number, code: string) => {
    const spec = aSpec({
      name,
      displayName: name,
      code: { kind: "snapshot", id: await keep(code) },
      inputs: { rate: { kind: "literal", value: rate }, depth: { kind: "literal", value: 3 } },
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
