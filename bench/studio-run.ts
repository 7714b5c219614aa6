// A run's metrics page in a real Chromium: how soon a logged number is on the screen, how twenty series of a million
// points open, and how one does, against MLflow's own page.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { appendAllPoints } from "../src/store/append-points.ts";
import { findRun } from "../src/store/runs.ts";
import { openStore } from "../src/store/store.ts";
import { addJob } from "../test/support/memory-store.ts";
import { createRandom } from "../test/support/random.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { officialVersion, serverOfHouse, startOfficial } from "./mlflow-servers.ts";
import type { TrackingServer } from "./mlflow-servers.ts";
import { desktop, openUntil, withChromium, withPage } from "./studio-browser.ts";
import { fillOfficialSeries, idOfRun } from "./studio-official.ts";

const series = 20;
const pointsEach = 1_000_000;
const batch = 2000;
const usualRounds = 7;
const loggedPoints = 60;
/** So that all charts are in sight. */
const tall = { width: 1600, height: 2600 };

export const studioRun: Benchmark = {
  name: "studio-run",
  about: `A run's metrics page in headless Chromium without a GPU, in a browser context that has cached nothing. Live: a job logs the time of day ${loggedPoints} times, with pauses of a fifth of a second, and the page says when it has drawn each. Large: ${series} series of ${pointsEach.toLocaleString("en")} points, ${tall.width} × ${tall.height} so that all charts are in sight, until the last one is painted; with all that was sent for it. One series of as many points, ${desktop.width} × ${desktop.height}, against the page of the same run's metrics in the newest \`mlflow server\`, until its line is painted`,
  run: (rounds = usualRounds) =>
    withChromium(async (browser) => [
      ...(await measureLive(browser)),
      ...(await measureLarge(browser, rounds)),
    ]),
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
    "code:\n  local_path: .\ncommand: python log.py\nenvironment:\n  docker:\n    image: python:3.12\ncompute:\n  target: local\nproperties: {trainyard.containers: never}\n",
  );
  await house.run("job", "create", "--file", file, "--name", "clock");
  // As text: it runs in the page. The frame after the one in which a value is there has painted it.
  const seeing = withPage(browser, server, desktop, async (page) => {
    await page.goto(`${server.url}/runs/clock/metrics`);
    return page.evaluate<number[]>(`new Promise((resolve) => {
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
  });
  // A job that fails logs nothing, and the page would wait for ever.
  const [delays] = await Promise.all([seeing, expectCompleted(house, "clock")]);
  return [{ what: "from run.log to the pixel", unit: "ms", ours: delays, target: { most: 300 } }];
}

async function expectCompleted(house: House, job: string): Promise<void> {
  const state = await house.waitFor(job);
  if (state !== "Completed") throw new Error(`job ${job} ended as ${state}`);
}

async function measureLarge(browser: Browser, rounds: number): Promise<Comparison[]> {
  const house = openHouse();
  await house.run("server", "start");
  await house.stop();
  await fill(house.home);
  await using server = await startServer(house);
  const times: number[] = [];
  const kilobytes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { took, sent } = await openAll(browser, server);
    times.push(took);
    kilobytes.push(sent / 1000);
  }
  await using official = await startOfficial();
  const valueAt = walk(1);
  fillOfficialSeries(official, pointsEach, valueAt);
  const one = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    one.peer.push(await openOfficial(browser, official));
    one.ours.push(await openOne(browser, server));
  }
  const what = `${series} charts of ${pointsEach.toLocaleString("en")} points`;
  return [
    { what: `${what}, until all are drawn`, unit: "ms", ours: times, target: { most: 1500 } },
    { what: `${what}, all that is sent`, unit: "KB", ours: kilobytes, target: { most: 2000 } },
    {
      what: `one chart of ${pointsEach.toLocaleString("en")} points, until it is drawn`,
      unit: "ms",
      ours: one.ours,
      peer: { name: `MLflow ${await officialVersion()}`, samples: one.peer },
    },
  ];
}

const openAll = (browser: Browser, server: TrackingServer): Promise<{ took: number; sent: number }> =>
  withPage(browser, server, tall, async (page) => {
    const session = await page.context().newCDPSession(page);
    let sent = 0;
    await session.send("Network.enable");
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (sent += encodedDataLength));
    const all = `document.querySelectorAll(".plot canvas").length === ${series}`;
    const took = await openUntil(page, `${server.url}/runs/large/metrics`, all);
    return { took, sent };
  });

const openOne = (browser: Browser, server: TrackingServer): Promise<number> =>
  withPage(browser, server, desktop, (page) =>
    openUntil(page, `${server.url}/runs/single/metrics`, `document.querySelector(".plot canvas") !== null`),
  );

const openOfficial = (browser: Browser, server: TrackingServer): Promise<number> =>
  withPage(browser, server, desktop, (page) =>
    openUntil(
      page,
      `${server.url}/#/experiments/0/runs/${idOfRun(0)}/model-metrics`,
      `document.querySelector(".js-plotly-plot .scatterlayer .trace path.js-line") !== null`,
    ),
  );

async function startServer(house: House): Promise<TrackingServer> {
  await house.run("server", "start");
  return serverOfHouse(house);
}

function walk(seed: number): () => number {
  const random = createRandom(seed);
  let value = 1;
  return () => (value += (random.below(1001) - 500) / 10_000);
}

/** Through the store, as records are taken in; by HTTP it would take many minutes. */
async function fill(home: string): Promise<void> {
  const store = await openStore(join(home, "trainyard.db"));
  const names = Array.from({ length: series }, (_, at) => `metric ${at}`);
  for (const [run, own] of [
    ["large", names],
    ["single", ["loss"]],
  ] as const) {
    await addJob(store, run, { state: "Completed" });
    const { seq } = (await findRun(store.db, run))!;
    const walks = own.map((_, at) => walk(at + 1));
    for (let first = 0; first < pointsEach; first += batch) {
      const pointsOf = (valueAt: () => number) =>
        Array.from({ length: batch }, (_, index) => ({
          value: valueAt(),
          step: first + index,
          at: 1_767_225_600_000 + (first + index) * 100,
        }));
      const points = new Map(own.map((name, at) => [name, pointsOf(walks[at]!)]));
      await store.write((tx) => appendAllPoints(tx, seq, points));
    }
  }
  await store.close();
}
