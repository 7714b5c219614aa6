// Studio's list of runs in a real Chromium: how soon it can be used, and how evenly it scrolls; against MLflow's own.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright-core";
import { createClient } from "../src/api/client.ts";
import { createHttpTransport } from "../src/api/http-transport.ts";
import { launchChromium } from "../test/support/browser.ts";
import { findProgram } from "../test/support/require-component.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { fillRuns } from "./fill-runs.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { officialVersion, serverOfHouse, startOfficial } from "./mlflow-servers.ts";
import type { TrackingServer } from "./mlflow-servers.ts";

const many = 100_000;
const some = 10_000;
const rounds = 7;
const scrolledFrames = 240;

export const studio: Benchmark = {
  name: "studio",
  about:
    "Studio's list of runs in headless Chromium without a GPU, 1440 × 900, each time in a browser context that has cached nothing: from the navigation to the frame that shows the newest runs with the filter ready. Scrolling: the time between frames while the list moves 150 pixels a frame. Against the list of the same number of runs, with as many params and metrics, of the newest `mlflow server`.",
  async run(): Promise<Comparison[]> {
    const executablePath = findProgram("chromium");
    if (executablePath === undefined) {
      console.log("  there is no program chromium on PATH, so this is left out");
      return [];
    }
    await using browser = await launchChromium(executablePath);
    return [...(await measureMany(browser)), ...(await measureBoth(browser))];
  },
};

async function startFilled(runs: number): Promise<TrackingServer> {
  const house: House = openHouse();
  await house.run("server", "start");
  await house.stop();
  fillRuns(house.home, runs);
  await house.run("server", "start");
  return serverOfHouse(house);
}

async function measureMany(browser: Browser): Promise<Comparison[]> {
  await using server = await startFilled(many);
  const open: number[] = [];
  for (let round = 0; round < rounds; round++) open.push(await openOurs(browser, server));
  const frames = await scroll(browser, server);
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!;
  return [
    { what: `${many} runs, until the list can be used`, unit: "ms", ours: open, target: { most: 1000 } },
    { what: `${many} runs, a frame while scrolling`, unit: "ms", ours: frames },
    { what: `${many} runs, the slowest of twenty frames while scrolling`, unit: "ms", ours: [at(0.95)] },
  ];
}

async function measureBoth(browser: Browser): Promise<Comparison[]> {
  await using ours = await startFilled(some);
  await using official = await startOfficial();
  fillOfficial(join(official.home, "mlflow.db"), some);
  const samples = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.peer.push(await openOfficial(browser, official));
    samples.ours.push(await openOurs(browser, ours));
  }
  return [
    {
      what: `${some} runs, until the list can be used`,
      unit: "ms",
      ours: samples.ours,
      peer: { name: `MLflow ${await officialVersion()}`, samples: samples.peer },
    },
  ];
}

const newPage = async (browser: Browser): Promise<Page> =>
  (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();

async function signIn(page: Page, server: TrackingServer): Promise<void> {
  const transport = createHttpTransport(server.url);
  const { url } = await createClient(transport, server.token).createStudioLink({
    body: { path: "/sign-in" },
  });
  transport.close();
  // For the cookie alone: nothing of the page comes into the cache.
  await page.request.get(url, { maxRedirects: 0 });
}

/** Until the row is painted: two frames after it is there. */
const painted = (page: Page) =>
  page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`);

async function openOurs(browser: Browser, server: TrackingServer): Promise<number> {
  const page = await newPage(browser);
  await signIn(page, server);
  const began = performance.now();
  await page.goto(server.url, { waitUntil: "commit" });
  await page.locator(".run-name").nth(10).waitFor();
  await page.getByRole("combobox", { name: "Filter runs" }).waitFor();
  await painted(page);
  const took = performance.now() - began;
  await page.context().close();
  return took;
}

async function openOfficial(browser: Browser, server: TrackingServer): Promise<number> {
  const page = await newPage(browser);
  const began = performance.now();
  await page.goto(`${server.url}/#/experiments/0/runs`, { waitUntil: "commit" });
  await page
    .getByText(nameOf(some - 11), { exact: true })
    .first()
    .waitFor({ timeout: 60_000 });
  await painted(page);
  const took = performance.now() - began;
  await page.context().close();
  return took;
}

async function scroll(browser: Browser, server: TrackingServer): Promise<number[]> {
  const page = await newPage(browser);
  await signIn(page, server);
  await page.goto(server.url);
  await page.locator(".run-name").nth(10).waitFor();
  // As text: it runs in the page, whose words are not ours.
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const grid = document.querySelector("[role=grid]");
    const times = [];
    let last = performance.now();
    const step = (now) => {
      times.push(now - last);
      last = now;
      grid.scrollTop += 150;
      if (times.length > ${scrolledFrames}) resolve(times.slice(1));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  await page.context().close();
  return frames;
}

const nameOf = (index: number): string => `run-${index}`;

/** Its tables as its own server fills them; by its interface that would take many minutes. */
function fillOfficial(file: string, runs: number): void {
  const database = new DatabaseSync(file);
  const now = Date.now();
  database.exec("begin");
  const insertRun = database.prepare(
    `insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
       source_version, lifecycle_stage, artifact_uri, experiment_id)
     values (?, ?, 'LOCAL', 'train.py', '', 'ada', 'FINISHED', ?, ?, '', 'active', 'mlflow-artifacts:/0', 0)`,
  );
  const insertParam = database.prepare("insert into params (key, value, run_uuid) values (?, ?, ?)");
  const insertLatest = database.prepare(
    "insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values (?, ?, ?, 0, 0, ?)",
  );
  const insertMetric = database.prepare(
    "insert into metrics (key, value, timestamp, step, is_nan, run_uuid) values (?, ?, ?, 0, 0, ?)",
  );
  const insertTag = database.prepare("insert into tags (key, value, run_uuid) values (?, ?, ?)");
  for (let index = 0; index < runs; index++) {
    const id = index.toString(16).padStart(32, "0");
    const begin = now - (runs - index) * 60_000;
    insertRun.run(id, nameOf(index), begin, begin + 50_000);
    insertTag.run("mlflow.runName", nameOf(index), id);
    insertTag.run("team", "vision", id);
    for (const key of ["learning_rate", "batch_size", "optimizer"])
      insertParam.run(key, String(index % 97), id);
    for (const key of ["loss", "accuracy", "val_loss"]) {
      insertLatest.run(key, (index % 1000) / 1000, begin, id);
      insertMetric.run(key, (index % 1000) / 1000, begin, id);
    }
  }
  database.exec("commit");
  database.close();
}
