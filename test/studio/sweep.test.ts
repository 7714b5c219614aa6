// A sweep in a real browser: live while its trials end, chosen by parts of axes, compared.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { openBrowser } from "../support/browser.ts";
import type { StudioBrowser } from "../support/browser.ts";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";

const patience = { timeout: 60_000 };

const program = `import os, sys, time
from azureml.core import Run

run = Run.get_context()
rate, kind = float(sys.argv[1]), sys.argv[2]
for step in range(4):
    run.log("loss", (rate - 0.5) ** 2 + (0.1 if kind == "b" else 0) + 1 / (step + 1))
    time.sleep(0.02)
`;

const sweep = `type: sweep
name: search
display_name: search
experiment_name: walk
trial:
  code: src
  command: python train.py \${{search_space.rate}} \${{search_space.kind}}
  environment: {image: python:3.12}
compute: local
search_space:
  rate: {type: uniform, min_value: 0, max_value: 1}
  kind: {type: choice, values: [a, b]}
objective: {primary_metric: loss, goal: minimize}
sampling_algorithm: {type: random, seed: 3}
limits: {max_total_trials: 12, max_concurrent_trials: 2}
`;

describe("The page of a sweep", { timeout: 300_000 }, () => {
  let home: TestHome;
  let studio: StudioBrowser | undefined;
  const withStudio = (title: string, act: (studio: StudioBrowser) => Promise<void>) =>
    it(title, async (t: TestContext) => {
      if (studio) await act(studio);
      else t.skip("there is no browser");
    });
  const trialRows = ({ page }: StudioBrowser) =>
    page.getByRole("region", { name: "Trials" }).locator("tbody tr");

  before(async () => {
    home = await openTestHome();
    await home.file("src/train.py", program);
    const { code, stderr } = await home.run("job", "create", "-f", await home.file("sweep.yml", sweep));
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await studio?.[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  });

  it("shows every trial as it ends, without a reload", async (t) => {
    const { url } = await home.server();
    studio = await openBrowser(t, { url, client: await home.client() });
    if (!studio) return;
    const { page } = studio;
    await studio.open("/runs/search/children");
    await page.evaluate("globalThis.isSamePage = true");

    await page.getByText("of at most 12: 12 completed").waitFor(patience);

    assert.equal(await page.evaluate("globalThis.isSamePage"), true);
    assert.equal(await trialRows(studio).count(), 12);
    const client = await home.client();
    const { trials } = await client.getJob({ params: { run: "search" } });
    const first = trialRows(studio).first();
    assert.equal(await first.getByRole("link").textContent(), String(trials!.best!.number));
  });

  withStudio(
    "tells of the importance of parameters, and is accessible at every width and theme",
    async (studio) => {
      const { page } = studio;
      await page.getByRole("table", { name: "Importance of parameters" }).waitFor(patience);
      await studio.expectAccessible();
      await studio.takePictures("sweep");
      await studio.setTheme("dark");
      await studio.expectAccessible();
      await studio.setTheme("light");
      await studio.setWidth(360);
      await studio.expectAccessible();
      await studio.takePictures("sweep-narrow");
      await studio.setWidth(1440);
    },
  );

  withStudio("leaves in the table what lies in the chosen part of an axis, by keys too", async (studio) => {
    const { page } = studio;
    const axis = page.getByRole("group", { name: /^rate/ });
    await axis.focus();
    for (let press = 0; press < 10; press++) await page.keyboard.press("ArrowDown");

    const { trials } = await (await home.client()).listTrials({ params: { run: "search" } });
    const rates = trials.map(({ parameters }) => parameters["rate"] as number);
    const limit = Math.min(...rates) + (Math.max(...rates) - Math.min(...rates)) * 0.5;
    const within = rates.filter((rate) => rate <= limit + 1e-9).length;
    await page.getByRole("heading", { name: `${within} of 12 trials` }).waitFor(patience);
    assert.equal(await trialRows(studio).count(), within);

    await page.getByRole("button", { name: "Show all" }).click();
    assert.equal(await trialRows(studio).count(), 12);
  });

  withStudio("leads to the best trials side by side: values, charts and relations", async (studio) => {
    const { page } = studio;
    await page.getByRole("link", { name: "Compare the best 5" }).click();
    await page
      .locator(".compare-table")
      .getByRole("rowheader", { name: "rate", exact: true })
      .waitFor(patience);
    assert.equal(await page.locator(".compare-table thead th").count(), 6);
    await studio.expectAccessible();
    await studio.takePictures("compare");

    await page.getByRole("tab", { name: "Charts" }).click();
    await page.locator('[data-chart="loss"] canvas').waitFor(patience);
    await studio.expectAccessible();
    await page.getByRole("tab", { name: "Relations" }).click();
    await page.getByRole("group", { name: /^loss/ }).waitFor(patience);
    await studio.expectAccessible();
    await studio.takePictures("compare-relations");
    assert.match(page.url(), /view=relations/);
    assert.deepEqual(studio.problems, []);
  });
});
