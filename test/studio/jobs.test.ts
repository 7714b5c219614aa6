// The jobs page in a real browser, with the real command line, server and agent behind it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { homeLayout } from "../../src/core/home.ts";
import { openBrowser } from "../support/browser.ts";
import type { StudioBrowser } from "../support/browser.ts";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";

const patience = { timeout: 20_000 };
const job = (name: string, command: string) =>
  `name: ${name}\nexperiment_name: walk\ncommand: ${JSON.stringify(command)}\nenvironment:\n  docker:\n    image: python:3.12\ncompute:\n  target: local\n`;

describe("The jobs page", { timeout: 300_000 }, () => {
  let home: TestHome;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });
  const submit = async (name: string, command: string) => {
    const { code, stderr } = await home.run(
      "job",
      "create",
      "-f",
      await home.file(`${name}.yml`, job(name, command)),
    );
    assert.equal(code, 0, stderr);
  };
  const rowOf = ({ page }: StudioBrowser, name: string) => page.getByRole("row").filter({ hasText: name });
  const names = async ({ page }: StudioBrowser) => page.locator(".run-name").allTextContents();

  before(async () => {
    home = await openTestHome();
    const { code, stderr } = await home.run("server", "start");
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  });

  it("teaches at the first visit how runs come here", async (t) => {
    const { url } = await home.server();
    studio = await openBrowser(t, { url, client: await home.client() });
    if (!studio) return;
    const { page } = studio;
    await studio.open("/");
    await page.getByRole("heading", { name: "Nothing has run here yet" }).waitFor(patience);
    assert.equal(await page.getByRole("button", { name: "Copy this command" }).count(), 3);
    await studio.expectAccessible();
    await studio.takePictures("jobs-first-visit");
  });

  withStudio(
    "shows a job that is submitted while it is open, and its states, without a reload",
    async (studio) => {
      await studio.page.evaluate("globalThis.isSamePage = true");
      await submit("first-job", 'echo "loss 1"; sleep 2');
      await rowOf(studio, "first-job").waitFor(patience);
      await rowOf(studio, "first-job").filter({ hasText: "Completed" }).waitFor(patience);
      assert.equal(await studio.page.evaluate("globalThis.isSamePage"), true);
      await studio.page.getByText("1 run", { exact: true }).waitFor(patience);
    },
  );

  withStudio("filters by what is typed, and says where a filter is wrong", async (studio) => {
    await submit("second-job", "exit 3");
    await rowOf(studio, "second-job").filter({ hasText: "Failed" }).waitFor(patience);
    const { page } = studio;
    await page.keyboard.press("/");
    await page.keyboard.type("stat");
    await page.getByRole("option", { name: /^state/ }).waitFor(patience);
    await page.keyboard.press("Tab");
    await page.keyboard.type("= 'Failed'");
    await page.keyboard.press("Enter");
    await rowOf(studio, "first-job").waitFor({ ...patience, state: "detached" });
    assert.deepEqual(await names(studio), ["second-job"]);
    assert.match(decodeURIComponent(page.url()), /filter=state/);

    await page.keyboard.press("End");
    await page.keyboard.type(" AND nonsense.x = 1");
    await page.keyboard.press("Enter");
    const alert = page.getByRole("alert");
    await alert.waitFor(patience);
    assert.equal(await alert.locator("mark").textContent(), "nonsense.x");
    await studio.expectAccessible();
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await rowOf(studio, "first-job").waitFor(patience);
  });

  withStudio("sorts by a column, down and up, and keeps it in the address", async (studio) => {
    const { page } = studio;
    const firstRow = (name: string) =>
      page.locator('.row[data-index="0"]').filter({ hasText: name }).waitFor(patience);
    await page.getByRole("button", { name: "Name", exact: true }).click();
    await page.locator('[role=columnheader][aria-sort="descending"]', { hasText: "Name" }).waitFor(patience);
    await firstRow("second-job");
    await page.getByRole("button", { name: "Name", exact: true }).click();
    await firstRow("first-job");
    await page.reload();
    await firstRow("first-job");
  });

  withStudio("cancels what is selected with the keyboard", async (studio) => {
    const { page } = studio;
    await studio.open("/");
    await submit("endless-job", "sleep 600");
    await rowOf(studio, "endless-job").filter({ hasText: "Running" }).waitFor(patience);
    await studio.takePictures("jobs");
    await page
      .getByRole("row")
      .filter({ hasText: "endless-job" })
      .click({ position: { x: 400, y: 16 } });
    await page.keyboard.press("x");
    await page
      .getByRole("toolbar", { name: "Selected runs" })
      .getByRole("button", { name: "Cancel" })
      .click();
    await studio.expectAccessible();
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await rowOf(studio, "endless-job").filter({ hasText: "Canceled" }).waitFor(patience);
  });

  withStudio("tags and archives a selection made with Shift", async (studio) => {
    const { page } = studio;
    await page.getByRole("checkbox", { name: "Select endless-job" }).click();
    await page.getByRole("checkbox", { name: "Select first-job" }).click({ modifiers: ["Shift"] });
    await page.getByText("3 runs", { exact: true }).last().waitFor(patience);
    await page.getByRole("button", { name: "Tag", exact: true }).click();
    await page.getByRole("textbox", { name: "Key" }).fill("team");
    await page.getByRole("textbox", { name: "Value" }).fill("vision");
    await page.getByRole("dialog").getByRole("button", { name: "Tag", exact: true }).click();
    await page.getByText("Tagged 3 runs.").waitFor(patience);
    const client = await home.client();
    assert.equal((await client.getJob({ params: { run: "second-job" } })).tags["team"], "vision");
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByText("Archived 3 runs.").waitFor(patience);
    await page.getByRole("heading", { name: "No run is like that" }).waitFor(patience);
  });

  withStudio("shows what an MLflow client logs while it logs it, in columns of its own", async (studio) => {
    const { page } = studio;
    await studio.open("/");
    await page.getByRole("heading", { name: "No run is like that" }).waitFor(patience);
    const { url } = await home.server();
    const token = (await readFile(join(home.folder, homeLayout.tokenFile), "utf8")).trim();
    const post = async (path: string, body: unknown) => {
      const answer = await fetch(`${url}/api/2.0/mlflow/runs/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      assert.equal(answer.status, 200, await answer.clone().text());
      return (await answer.json()) as { run: { info: { run_id: string } } };
    };
    const { run } = await post("create", {
      experiment_id: "0",
      run_name: "notebook",
      start_time: Date.now(),
    });
    const id = run.info.run_id;
    await rowOf(studio, "notebook").waitFor(patience);
    const log = (step: number, value: number) =>
      post("log-metric", { run_id: id, key: "loss", value, step, timestamp: Date.now() });
    await log(0, 0.75);
    await rowOf(studio, "notebook").getByText("0.75").waitFor(patience);
    await log(1, 0.25);
    await rowOf(studio, "notebook").getByText("0.25").waitFor(patience);
    await page.locator(".run-curve").first().waitFor(patience);
    await studio.takePictures("jobs-logged");

    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Find a column").fill("max loss");
    await page.getByRole("checkbox", { name: "max loss" }).check();
    await page.keyboard.press("Escape");
    await rowOf(studio, "notebook").getByText("0.75").waitFor(patience);
    await log(2, 0.875);
    await rowOf(studio, "notebook").getByText("0.875").nth(1).waitFor(patience);
    await page.getByRole("button", { name: "max loss" }).click();
    await rowOf(studio, "notebook").waitFor(patience);
    assert.match(page.url(), /sort=max\.loss/);
    await post("update", { run_id: id, status: "FINISHED", end_time: Date.now() });
    await rowOf(studio, "notebook").filter({ hasText: "Completed" }).waitFor(patience);
  });

  withStudio("moves nothing while it loads", async (studio) => {
    await studio.open("/?archived=true");
    await rowOf(studio, "first-job").waitFor(patience);
    const moved = await studio.page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) sum += entry.value;
      });
      observer.observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
    assert.ok(moved < 0.01, `the layout moved by ${moved}`);
  });

  withStudio("works at a width of 360 pixels, in both themes", async (studio) => {
    await studio.setWidth(360, 740);
    await studio.open("/?archived=true");
    await rowOf(studio, "first-job").waitFor(patience);
    const overflow = await studio.page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.equal(overflow, 0);
    await studio.expectAccessible();
    await studio.setTheme("dark");
    await studio.expectAccessible();
    await studio.takePictures("jobs-narrow");
    assert.deepEqual(studio.problems, []);
  });
});
