// A run's metrics page in a real Chromium: how soon a logged number is on the screen, and how twenty series of a
// million points open.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { createClient } from "../src/api/client.ts";
import { createHttpTransport } from "../src/api/http-transport.ts";
import { appendAllPoints } from "../src/store/append-points.ts";
import { findRun } from "../src/store/runs.ts";
import { openStore } from "../src/store/store.ts";
import { launchChromium } from "../test/support/browser.ts";
import { addJob } from "../test/support/memory-store.ts";
import { createRandom } from "../test/support/random.ts";
import { findProgram } from "../test/support/require-component.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import { serverOfHouse } from "./mlflow-servers.ts";
import type { TrackingServer } from "./mlflow-servers.ts";

const series = 20;
const pointsEach = 1_000_000;
const batch = 2000;
const rounds = 7;
const loggedPoints = 60;

export const studioRun: Benchmark = {
  name: "studio-run",
  about: `A run's metrics page in headless Chromium without a GPU. Live: a job logs the time of day ${loggedPoints} times, with pauses of a fifth of a second, and the page says when it has drawn each. Large: ${series} series of ${pointsEach.toLocaleString("en")} points, 1600 × 2600 so that all charts are in sight, in a browser context that has cached nothing, until the last one is painted; with all that was sent for it.`,
  async run(): Promise<Comparison[]> {
    const executablePath = findProgram("chromium");
    if (executablePath === undefined) {
      console.log("  there is no program chromium on PATH, so this is left out");
      return [];
    }
    await using browser = await launchChromium(executablePath);
    return [...(await measureLive(browser)), ...(await measureLarge(browser))];
  },
};

const program = `import time
from azureml.core import Run

run = Run.get_context()
time.sleep(4)
for step in range(${loggedPoints}):
    run.log("clock", time.time() * 1000, step=step)
    time.sleep(0.2)
`;

async function measureLive(browser: Browser): Promise<Comparison[]> {
  const house = openHouse();
  await using server = await startServer(house);
  const folder = join(house.home, "job");
  mkdirSync(folder);
  writeFileSync(join(folder, "log.py"), program);
  const file = join(folder, "job.yml");
  writeFileSync(
    file,
    "code:\n  local_path: .\ncommand: python log.py\nenvironment:\n  docker:\n    image: python:3.12\ncompute:\n  target: local\n",
  );
  await house.run("job", "create", "--file", file, "--name", "clock");
  const page = await openPage(browser, server, 1440, 900);
  await page.goto(`${server.url}/runs/clock/metrics`);
  // As text: it runs in the page. The frame after the one in which a value is there has painted it.
  const delays = await page.evaluate<number[]>(`new Promise((resolve) => {
    const delays = [];
    let seen;
    const look = () => {
      const value = document.querySelector('[data-chart="clock"] .chart-last')?.dataset.last;
      if (value !== undefined && value !== seen) {
        seen = value;
        requestAnimationFrame(() => delays.push(Date.now() - Number(value)));
      }
      if (delays.length >= ${loggedPoints / 2}) resolve(delays);
      else requestAnimationFrame(look);
    };
    look();
  })`);
  await page.context().close();
  return [{ what: "from run.log to the pixel", unit: "ms", ours: delays, target: { most: 300 } }];
}

async function measureLarge(browser: Browser): Promise<Comparison[]> {
  const house = openHouse();
  await house.run("server", "start");
  await house.stop();
  await fill(house.home);
  await using server = await startServer(house);
  const times: number[] = [];
  const megabytes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await openPage(browser, server, 1600, 2600);
    const session = await page.context().newCDPSession(page);
    let bytes = 0;
    await session.send("Network.enable");
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    const began = performance.now();
    await page.goto(`${server.url}/runs/large/metrics`, { waitUntil: "commit" });
    await page
      .locator(".plot canvas")
      .nth(series - 1)
      .waitFor();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    times.push(performance.now() - began);
    megabytes.push(bytes / 1e6);
    await page.context().close();
  }
  const what = `${series} charts of ${pointsEach.toLocaleString("en")} points`;
  return [
    { what: `${what}, until all are drawn`, unit: "ms", ours: times, target: { most: 1500 } },
    { what: `${what}, all that is sent`, unit: "MB", ours: megabytes, target: { most: 2 } },
  ];
}

async function startServer(house: ReturnType<typeof openHouse>): Promise<TrackingServer> {
  await house.run("server", "start");
  return serverOfHouse(house);
}

async function openPage(
  browser: Browser,
  server: TrackingServer,
  width: number,
  height: number,
): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width, height } })).newPage();
  const transport = createHttpTransport(server.url);
  const { url } = await createClient(transport, server.token).createStudioLink({
    body: { path: "/sign-in" },
  });
  transport.close();
  // For the cookie alone: nothing of the page comes into the cache.
  await page.request.get(url, { maxRedirects: 0 });
  return page;
}

/** Through the store, as records are taken in; by HTTP it would take many minutes. */
async function fill(home: string): Promise<void> {
  const store = await openStore(join(home, "trainyard.db"));
  await addJob(store, "large", { state: "Completed" });
  const { seq } = (await findRun(store.db, "large"))!;
  const random = createRandom(1);
  const names = Array.from({ length: series }, (_, at) => `metric ${at}`);
  const values = names.map(() => 1);
  for (let first = 0; first < pointsEach; first += batch) {
    const points = new Map(
      names.map((name, at) => [
        name,
        Array.from({ length: batch }, (_, index) => {
          values[at]! += (random.below(1001) - 500) / 10_000;
          return { value: values[at]!, step: first + index, at: 1_767_225_600_000 + (first + index) * 100 };
        }),
      ]),
    );
    await store.write((tx) => appendAllPoints(tx, seq, points));
  }
  await store.close();
}
