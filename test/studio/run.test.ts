// The pages of a run in a real browser, with the real command line, server and agent behind them.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { openBrowser, pictureFolder } from "../support/browser.ts";
import type { StudioBrowser } from "../support/browser.ts";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";

const patience = { timeout: 30_000 };

/** Logs until it is canceled, or `steps` times. */
const program = (steps: number, word: string) => `import sys, time
from azureml.core import Run

run = Run.get_context()
run.tag("team", "vision")
run.log_confusion_matrix("confusion", {"schema_type": "confusion_matrix", "schema_version": "1.0.0",
    "data": {"class_labels": ["cat", "dog"], "matrix": [[8, 2], [1, 9]]}})
run.log_row("epochs", epoch=1, note="${word}")
open("outputs/model.pkl", "w").write("${word}")
open("outputs/scores.csv", "w").write("name,score\\nfirst,1\\nsecond,2\\n")
for step in range(${steps}):
    run.log("train/loss", 1 / (step + 1), step=step)
    run.log("train/accuracy", step / 100, step=step)
    print(f"\\x1b[32mstep {step}\\x1b[0m ${word}", flush=True)
    time.sleep(0.05 if ${steps} > 1000 else 0)
print("a needle in the log")
`;

const jobFile = (name: string) => `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
name: ${name}
display_name: ${name}
experiment_name: walk
code: ./${name}
command: python train.py
environment:
  image: python:3.12
properties: {trainyard.containers: never}
compute: local
`;

describe("The pages of a run", { timeout: 300_000 }, () => {
  let home: TestHome;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });
  const submit = async (name: string, text: string) => {
    await home.file(`${name}/train.py`, text);
    const { code, stderr } = await home.run(
      "job",
      "create",
      "-f",
      await home.file(`${name}.yml`, jobFile(name)),
    );
    assert.equal(code, 0, stderr);
  };
  const lastOf = ({ page }: StudioBrowser, name: string) =>
    page.locator(`[data-chart="${name}"] .chart-last`).getAttribute("data-last");
  /** Waits until what `read` says is another than `before`. */
  const another = async (read: () => Promise<string | null>, before: string | null): Promise<void> => {
    const deadline = Date.now() + patience.timeout;
    while ((await read()) === before) assert.ok(Date.now() < deadline, `it stayed ${before}`);
  };

  before(async () => {
    home = await openTestHome();
    const { code, stderr } = await home.run("server", "start");
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  });

  it("opens while the job runs, and its points arrive by themselves", async (t) => {
    const { url } = await home.server();
    studio = await openBrowser(t, { url, client: await home.client() });
    if (!studio) return;
    await submit("live", program(100_000, "quiet"));
    const { page } = studio;
    await studio.open("/runs/live/metrics");
    await page.locator('[data-chart="train/loss"] canvas').waitFor(patience);
    await page.evaluate("globalThis.isSamePage = true");

    const before = await lastOf(studio, "train/loss");
    await another(() => lastOf(studio!, "train/loss"), before);

    assert.equal(await page.evaluate("globalThis.isSamePage"), true);
    await page.getByText("running for").waitFor(patience);
  });

  withStudio("follows the log to its newest line, in colors", async (studio) => {
    const { page } = studio;
    await studio.open("/runs/live/logs");
    const newest = page.locator(".log-line").last();
    await newest.waitFor(patience);
    await page.locator(".log-line .ansi-2").first().waitFor(patience);

    await another(() => newest.getAttribute("data-line"), await newest.getAttribute("data-line"));
    await page.locator(".log-live").waitFor(patience);

    // Whoever scrolls away from the end stays where they are.
    await page.locator('.log-line[data-line="90"]').waitFor(patience);
    await page.getByRole("region", { name: "Lines of the log" }).focus();
    await page.keyboard.press("Home");
    await page.locator('.log-line[data-line="0"]').waitFor(patience);
    const size = await page.locator(".split-end .split-note").textContent();
    await another(() => page.locator(".split-end .split-note").textContent(), size);
    assert.equal(await page.locator('.log-line[data-line="0"]').count(), 1);
    await studio.expectAccessible();
  });

  withStudio("cancels a job after asking", async (studio) => {
    const { page } = studio;
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await page.locator(".page-head .state-badge", { hasText: "Canceled" }).waitFor(patience);
    assert.equal(await page.getByRole("button", { name: "Cancel", exact: true }).count(), 0);
  });

  withStudio("tells what a run is, and what can be done about a failure", async (studio) => {
    const { page } = studio;
    await submit("broken", "raise ValueError('no such loss')\n");
    await studio.open("/runs/broken");
    await page.getByRole("heading", { name: /no such loss/ }).waitFor(patience);
    await page.getByText("Traceback (most recent call last)").waitFor(patience);
    await page.getByText("command: python train.py").waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("run-failed");
  });

  withStudio("zooms into a part of all charts, and back", async (studio) => {
    const { page } = studio;
    await submit("first", program(1000, "quiet"));
    await submit("second", program(800, "loud"));
    await studio.open("/runs/second");
    await page.locator(".page-head .state-badge", { hasText: "Completed" }).waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("run-overview");

    await page.getByRole("link", { name: /^Metrics/ }).click();
    const over = page.locator('[data-chart="train/loss"] .u-over');
    await over.waitFor(patience);
    await studio.expectAccessible();
    const box = (await over.boundingBox())!;
    await page.mouse.move(box.x + box.width / 4, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 40, { steps: 4 });
    await page.mouse.up();

    await page.getByRole("button", { name: "Show all of the axis" }).waitFor(patience);
    assert.match(page.url(), /from=\d/);
    await page.mouse.move(box.x + box.width / 2, box.y + 20);
    await page
      .locator('[data-chart="train/accuracy"] .chart-hover')
      .filter({ hasText: /at step [23]\d\d$/ })
      .waitFor(patience);
    await studio.takePictures("run-metrics");
    await page.getByRole("button", { name: "Show all of the axis" }).click();
    await page
      .getByRole("button", { name: "Show all of the axis" })
      .waitFor({ ...patience, state: "detached" });
  });

  withStudio("draws another run over it, and filters by name", async (studio) => {
    const { page } = studio;
    await page.getByRole("button", { name: "Add a run" }).click();
    await page.getByRole("button", { name: "first" }).click();
    await page.locator('[data-chart="train/loss"] .chart-last').nth(1).waitFor(patience);
    await page.getByRole("searchbox", { name: "Filter charts by name" }).fill("accu");
    await page.locator('[data-chart="train/loss"]').waitFor({ ...patience, state: "detached" });
    assert.equal(await page.locator("[data-chart]").count(), 1);
  });

  withStudio("gives a chart as a picture, and all its points as a table", async (studio) => {
    const { page } = studio;
    const take = async (what: string) => {
      const taken = page.waitForEvent("download");
      await page.getByRole("button", { name: "What to do with train/accuracy" }).click();
      await page.getByRole("menuitem", { name: what }).click();
      const file = await taken;
      return [file.suggestedFilename(), await readFile(await file.path())] as const;
    };

    const [pictureName, picture] = await take("Download as PNG");
    assert.equal(pictureName, "train-accuracy.png");
    assert.equal(picture.subarray(1, 4).toString(), "PNG");
    await writeFile(join(pictureFolder, "chart.png"), picture);

    const [tableName, table] = await take("Download all points as CSV");
    assert.equal(tableName, "train-accuracy.csv");
    const [head, ...rows] = table.toString().trimEnd().split("\n");
    assert.equal(head, "run,run_name,metric,step,time,value");
    const steps = rows.filter((row) => row.startsWith("second,")).map((row) => row.split(","));
    assert.deepEqual(
      steps.map(([, , , step, , value]) => [step, value]),
      steps.map((_, step) => [String(step), String(step / 100)]),
    );
    assert.ok(steps.length > 100);
    assert.ok(rows.some((row) => row.startsWith("first,")));
  });

  withStudio("searches a log with a count and jumps from hit to hit", async (studio) => {
    const { page } = studio;
    await studio.open("/runs/second/logs");
    await page.locator(".log-line").first().waitFor(patience);
    await page.keyboard.press("/");
    await page.keyboard.type("step 7");
    await page.getByRole("status").filter({ hasText: "1 of 111" }).waitFor(patience);
    assert.equal(await page.locator(".log-line-at mark").first().textContent(), "step 7");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "2 of 111" }).waitFor(patience);
    assert.match((await page.locator(".log-line-at").textContent()) ?? "", /step 70 /);
    await studio.takePictures("run-log");
  });

  withStudio("shows the code, and what differs from another run's", async (studio) => {
    const { page } = studio;
    await studio.open("/runs/second/code");
    await page
      .getByText("from azureml.core")
      .or(page.locator(".token-keyword").first())
      .first()
      .waitFor(patience);
    await page.getByRole("button", { name: "Compare with a run" }).click();
    await page.getByRole("button", { name: "first" }).click();
    await page.locator(".diff-gone").filter({ hasText: "range(1000)" }).waitFor(patience);
    await page.locator(".diff-new").filter({ hasText: "range(800)" }).waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("run-code");
    await page.getByRole("button", { name: "Environment" }).click();
    await page.getByText("The installed packages are the same.").waitFor(patience);
  });

  withStudio("shows tables and files, and registers a model from them", async (studio) => {
    const { page } = studio;
    await studio.open("/runs/second/tables");
    await page.getByText("85.0 % right of 20").waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("run-tables");
    await page.getByRole("link", { name: "Files" }).click();
    await page.getByRole("treeitem", { name: /scores\.csv/ }).click();
    await page.getByRole("cell", { name: "second" }).waitFor(patience);
    await studio.expectAccessible();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Register a model" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("walker");
    await studio.expectAccessible();
    await page.getByRole("button", { name: "Register", exact: true }).click();
    await page.getByText("Registered walker, version 1").waitFor(patience);
    const client = await home.client();
    const { run } = await client.getAsset({ params: { kind: "model", name: "walker" } });
    assert.equal(run, "second");
  });

  withStudio("edits tags, archives and restores", async (studio) => {
    const { page } = studio;
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Edit name and tags" }).click();
    await page.getByRole("button", { name: "Add a tag" }).click();
    await page.getByRole("textbox", { name: "Tag", exact: true }).last().fill("stage");
    await page.getByRole("textbox", { name: "Value of stage" }).fill("final");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("listitem").filter({ hasText: "stagefinal" }).waitFor(patience);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await page.locator(".page-head .badge", { hasText: "Archived" }).waitFor(patience);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Restore" }).click();
    await page
      .locator(".page-head .badge", { hasText: "Archived" })
      .waitFor({ ...patience, state: "detached" });
  });

  withStudio("fits a phone, and nothing went wrong meanwhile", async (studio) => {
    const { page } = studio;
    await studio.setWidth(360, 740);
    for (const tab of ["", "/metrics", "/logs", "/files", "/code", "/raw", "/children"]) {
      await studio.open(`/runs/second${tab}`);
      await page.locator(".run-panel > *").first().waitFor(patience);
      await studio.expectAccessible();
      const room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
      assert.deepEqual(room, [360, 360], tab);
    }
    await studio.takePictures("run-phone");
    assert.deepEqual(studio.problems, []);
  });
});
