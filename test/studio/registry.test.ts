// Models, data and environments in a real browser.
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

describe("Models, data and environments", { timeout: 200_000 }, () => {
  let server: TestServer;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });

  const registerModel = (version: string) =>
    server.client.createAsset({
      params: { kind: "model" },
      body: {
        name: "flowers",
        version,
        content: {
          kind: "model",
          type: "custom_model",
          source: { kind: "uri", uri: `https://example.com/${version}` },
        },
        tags: { team: "vision" },
      },
    });

  before(async () => {
    server = await startTestServer();
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from("a,b\n1,2\n"))).toString(
      "hex",
    );
    await server.client.putBlob({ params: { hash }, body: Buffer.from("a,b\n1,2\n") });
    const { id } = await server.client.putSnapshot({
      body: {
        version: 1,
        files: [{ path: "t.csv", hash, sizeBytes: 8, executable: false }],
        emptyDirectories: [],
      },
    });
    await server.client.createAsset({
      params: { kind: "data" },
      body: {
        name: "table",
        content: { kind: "data", type: "uri_file", source: { kind: "snapshot", id, file: "t.csv" } },
      },
    });
    const input = {
      kind: "data",
      mode: "download",
      source: { kind: "asset", name: "table", version: "1" },
    } as const;
    await server.client.createJob({
      body: { spec: asWireSpec(aSpec({ name: "reader", inputs: { in: input } })) },
    });
    await server.client.createAsset({
      params: { kind: "environment" },
      body: {
        name: "sklearn",
        content: { kind: "environment", environment: { image: "python:3.12", pip: ["scikit-learn"] } },
      },
    });
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("teach where there are none, and list them as they come", async (t) => {
    studio = await openBrowser(t, server);
    if (!studio) return;
    const { page } = studio;
    await studio.open("/models");
    await page.getByRole("heading", { name: "There is no model yet" }).waitFor(patience);
    await studio.expectAccessible();

    await registerModel("1");
    await page.getByRole("link", { name: "flowers" }).waitFor(patience);
    await page.getByRole("searchbox").fill("nobody");
    await page.getByRole("heading", { name: "Nothing fits these words" }).waitFor(patience);
    await page.getByRole("searchbox").fill("team=vision");
    await page.getByRole("link", { name: "flowers" }).click();
    await page.getByRole("heading", { name: "Version 1" }).waitFor(patience);
  });

  withStudio("change stage, aliases and tags of a version, and archive it", async (studio) => {
    const { page } = studio;
    await registerModel("2");
    await page.getByRole("link", { name: /^2/ }).click();
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Stage").selectOption("Production");
    await page.getByLabel("Aliases").fill("champion");
    await page.getByLabel("Tags").fill("team=audio\nnew=1");
    await studio.expectAccessible();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".asset-version").getByText("Production").waitFor(patience);

    const asset = await server.client.getAsset({
      params: { kind: "model", name: "flowers" },
      query: { version: "2" },
    });
    assert.deepEqual(asset.labels.toSorted(), ["Production", "champion", "latest"]);
    assert.deepEqual(asset.tags, { team: "audio", new: "1" });
    await studio.expectAccessible();
    await studio.takePictures("model");

    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByRole("button", { name: "Archive it" }).click();
    await page.getByRole("button", { name: "Restore" }).waitFor(patience);
  });

  withStudio("show files of a version, and which runs read it", async (studio) => {
    const { page } = studio;
    await studio.open("/data/table");
    await page.getByRole("link", { name: "reader" }).waitFor(patience);
    await page.getByRole("button", { name: "t.csv", exact: true }).click();
    await page.getByText("a,b").waitFor(patience);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download t.csv" }).click();
    assert.equal((await download).suggestedFilename(), "t.csv");
    await studio.expectAccessible();
    await studio.takePictures("data");
  });

  withStudio("show what an environment consists of, in a narrow window too", async (studio) => {
    const { page } = studio;
    await studio.setWidth(360);
    await studio.open("/environments");
    await page.getByRole("link", { name: "sklearn" }).click();
    await page.getByText("scikit-learn").first().waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("environment-narrow");
    assert.deepEqual(studio.problems, []);
  });
});
