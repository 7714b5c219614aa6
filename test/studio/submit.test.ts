// Writing a job in a real browser: completed, checked, submitted.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { openBrowser } from "../support/browser.ts";
import type { StudioBrowser } from "../support/browser.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

const patience = { timeout: 20_000 };
const listRestMs = 100;

describe("Submitting a job", { timeout: 200_000 }, () => {
  let server: TestServer;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });
  const editor = ({ page }: StudioBrowser) => page.getByRole("textbox", { name: /The job's YAML/ });
  const textOf = async (one: StudioBrowser) =>
    (await one.page.locator(".cm-line").allTextContents()).join("\n");
  const ready = ({ page }: StudioBrowser) =>
    page.getByRole("heading", { name: "Ready to submit" }).waitFor(patience);

  before(async () => {
    server = await startTestServer();
    await server.client.createCompute({ params: { compute: "gpus" }, body: { maxInstances: 2 } });
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("offers templates that are ready to submit as they stand", async (t) => {
    studio = await openBrowser(t, server);
    if (!studio) return;
    const { page } = studio;
    await studio.open("/submit");
    await editor(studio).waitFor(patience);
    await ready(studio);
    for (const name of ["Iris", "Sweep"]) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.getByRole("heading", { name: "Checking …" }).waitFor(patience);
      await ready(studio);
    }
    await studio.expectAccessible();
    await studio.takePictures("submit");
    assert.deepEqual(studio.problems, []);
  });

  withStudio("completes keys and names from the schema and from here", async (studio) => {
    const { page } = studio;
    await page.getByRole("button", { name: "Hello" }).click();
    await editor(studio).click();
    await page.keyboard.press("Control+End");
    // Keys of the page, such as g, are letters here.
    await page.keyboard.type("disp");
    await page.getByRole("option", { name: /display_name/ }).waitFor(patience);
    // The list takes no key when it has just come up: a newline that was on its way then stays one.
    await page.evaluate((ms) => new Promise((done) => setTimeout(done, ms)), listRestMs);
    await page.keyboard.press("Enter");
    await page.keyboard.type("good");
    assert.match(await textOf(studio), /display_name: good/);
    assert.match(page.url(), /\/submit/);
  });

  withStudio("keeps every letter of one who types faster than the page draws", async (studio) => {
    const { page } = studio;
    await editor(studio).click();
    await page.keyboard.press("Control+End");
    const before = await textOf(studio);
    const typed = "# abcdefghijklmnopqrstuvwxyz".repeat(4);
    await page.keyboard.press("Enter");
    await page.evaluate(async (letters) => {
      const { document } = globalThis as unknown as {
        document: { execCommand(command: string, isAsked: boolean, text: string): boolean };
      };
      for (const letter of letters) {
        document.execCommand("insertText", false, letter);
        await new Promise((next) => setTimeout(next));
      }
    }, typed);
    assert.equal(await textOf(studio), `${before}\n${typed}`);
    await page.keyboard.press("Control+Z");
    for (let press = 0; press < 9 && (await textOf(studio)) !== before; press++)
      await page.keyboard.press("Control+Z");
    assert.equal(await textOf(studio), before);
  });

  withStudio("says what is wrong, with its line, and leads there", async (studio) => {
    const { page } = studio;
    await page.getByLabel("Compute").selectOption("gpus");
    assert.match(await textOf(studio), /compute: gpus/);
    await editor(studio).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\ncomand: x");
    await page
      .getByText(/unknown key/)
      .first()
      .waitFor(patience);
    assert.equal(await page.getByRole("button", { name: "Submit", exact: true }).isDisabled(), true);
    await page.getByRole("button", { name: /^Line \d+, comand/ }).click();
    await studio.expectAccessible();
    await studio.takePictures("submit-problem");
    await page.keyboard.press("End");
    for (let press = 0; press < "comand: x".length; press++) await page.keyboard.press("Backspace");
    await ready(studio);
  });

  withStudio("submits, and leads to the run", async (studio) => {
    const { page } = studio;
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await page.waitForURL(/\/runs\//, patience);
    const { jobs } = await server.client.listJobs({});
    assert.deepEqual([jobs[0]!.displayName, jobs[0]!.spec.compute.target], ["good", "gpus"]);
  });

  withStudio("begins with another run's job, which keeps its name to itself", async (studio) => {
    const { page } = studio;
    const from = (await server.client.listJobs({})).jobs[0]!.name;
    await studio.setWidth(360);
    await studio.open(`/submit?from=${from}`);
    await editor(studio).waitFor(patience);
    await ready(studio);
    assert.ok(!/^name:/m.test(await textOf(studio)));
    await studio.expectAccessible();
    await studio.takePictures("submit-narrow");
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await page.waitForURL(/\/runs\//, patience);
    const { jobs } = await server.client.listJobs({});
    assert.equal(jobs.length, 2);
    assert.equal(jobs[0]!.properties["trainyard.from_run"], from);
  });
});
