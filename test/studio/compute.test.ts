// Computes and settings in a real browser.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { asWireSpec } from "../../src/api/job-spec.ts";
import { openBrowser } from "../support/browser.ts";
import type { StudioBrowser } from "../support/browser.ts";
import { aSpec, onCompute } from "../support/specs.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

const patience = { timeout: 20_000 };

describe("Computes and settings", { timeout: 200_000 }, () => {
  let server: TestServer;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });

  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("makes a compute, changes it, and shows what others do to it", async (t) => {
    studio = await openBrowser(t, server);
    if (!studio) return;
    const { page } = studio;
    await studio.open("/compute");
    await page.getByRole("heading", { name: "local" }).waitFor(patience);
    await page.getByRole("button", { name: "New compute" }).click();
    await page.getByLabel("Name").fill("gpus");
    await page.getByLabel("Nodes at most").fill("3");
    await studio.expectAccessible();
    await page.getByRole("button", { name: "Create" }).click();
    await page.locator('[data-compute="gpus"]').getByText("0 of 3 nodes busy").waitFor(patience);

    await server.client.updateCompute({ params: { compute: "gpus" }, body: { maxInstances: 5 } });
    await page.locator('[data-compute="gpus"]').getByText("0 of 5 nodes busy").waitFor(patience);

    await page.getByRole("button", { name: "What to do with gpus" }).click();
    await page.getByRole("menuitem", { name: "Change …" }).click();
    await page.getByLabel("Nodes at least").fill("9");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/min_instances is 9 and max_instances 5/).waitFor(patience);
    await page.getByRole("button", { name: "Back" }).click();
  });

  withStudio(
    "refuses to delete what jobs use, and is accessible in both themes and narrow",
    async (studio) => {
      const { page } = studio;
      await server.client.createJob({
        body: { spec: asWireSpec(aSpec({ name: "user", ...onCompute("gpus") })) },
      });
      await page.getByRole("button", { name: "What to do with gpus" }).click();
      await page.getByRole("menuitem", { name: "Delete …" }).click();
      await page.getByRole("button", { name: "Delete it" }).click();
      await page.getByText(/job that has not ended uses gpus/).waitFor(patience);

      await studio.expectAccessible();
      await studio.takePictures("compute");
      await studio.setTheme("dark");
      await studio.expectAccessible();
      await studio.setTheme("light");
      await studio.setWidth(360);
      await studio.expectAccessible();
      const wide = await page.evaluate(
        "document.getElementById('page').scrollWidth - document.getElementById('page').clientWidth",
      );
      assert.equal(wide, 0);
      await studio.setWidth(1440);
    },
  );

  withStudio("shows the token when it is asked for, what is stored, and signs out", async (studio) => {
    const { page } = studio;
    await studio.open("/settings");
    await page.getByRole("table", { name: "What is stored" }).waitFor(patience);
    assert.equal(await page.getByText(server.token).count(), 0);
    await page.getByRole("button", { name: "Show the token" }).click();
    await page.getByText(`export MLFLOW_TRACKING_TOKEN='${server.token}'`).waitFor(patience);
    await page.getByRole("button", { name: "Notebook" }).click();
    await page.getByText(`%env MLFLOW_TRACKING_TOKEN=${server.token}`).waitFor(patience);
    await page.getByRole("button", { name: "Hide the token" }).click();
    await studio.expectAccessible();
    await studio.takePictures("settings");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/, patience);
    await page.goto(`${server.url}/compute`);
    await page.waitForURL(/\/sign-in/, patience);
  });
});
