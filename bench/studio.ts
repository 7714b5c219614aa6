// Studio's list of runs in a real Chromium: how soon it can be used, how evenly it scrolls, and how much script it
// takes; against MLflow's own.
import type { Browser } from "playwright-core";
import { measureFirstScript } from "../test/support/studio-script.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { fillRuns } from "./fill-runs.ts";
import { openHouse } from "./house.ts";
import { officialVersion, serverOfHouse, startOfficial } from "./mlflow-servers.ts";
import type { TrackingServer } from "./mlflow-servers.ts";
import { desktop, openUntil, withChromium, withPage } from "./studio-browser.ts";
import { fillOfficialRuns, nameOfRun } from "./studio-official.ts";

const many = 100_000;
const some = 10_000;
const usualRounds = 7;
const scrolledFrames = 240;

export const studio: Benchmark = {
  name: "studio",
  about:
    "Studio's list of runs in headless Chromium without a GPU, 1440 × 900, each time in a browser context that has cached nothing: from the navigation to the frame that shows the newest runs with the filter ready. Scrolling: the time between frames while the list moves 150 pixels a frame. Against the list of the same number of runs, with as many params and metrics, of the newest `mlflow server`",
  run: (rounds = usualRounds) =>
    withChromium(async (browser) => [
      ...(await measureMany(browser, rounds)),
      ...(await measureBoth(browser, rounds)),
      measureScript(),
    ]),
};

async function startFilled(runs: number): Promise<TrackingServer> {
  const house = openHouse();
  await house.run("server", "start");
  await house.stop();
  fillRuns(house.home, runs);
  await house.run("server", "start");
  return serverOfHouse(house);
}

async function measureMany(browser: Browser, rounds: number): Promise<Comparison[]> {
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

async function measureBoth(browser: Browser, rounds: number): Promise<Comparison[]> {
  await using ours = await startFilled(some);
  await using official = await startOfficial();
  fillOfficialRuns(official, some);
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

const measureScript = (): Comparison => ({
  what: "script of the first page, gzipped",
  unit: "KB",
  ours: [measureFirstScript().gzippedBytes / 1000],
  target: { most: 200 },
});

const openOurs = (browser: Browser, server: TrackingServer): Promise<number> =>
  withPage(browser, server, desktop, (page) =>
    openUntil(
      page,
      server.url,
      `document.querySelectorAll(".run-name").length > 10 && document.querySelector('[aria-label="Filter runs"]') !== null`,
    ),
  );

const openOfficial = (browser: Browser, server: TrackingServer): Promise<number> =>
  withPage(browser, server, desktop, (page) =>
    openUntil(
      page,
      `${server.url}/#/experiments/0/runs`,
      `document.body.textContent.includes("${nameOfRun(some - 11)}")`,
    ),
  );

const scroll = (browser: Browser, server: TrackingServer): Promise<number[]> =>
  withPage(browser, server, desktop, async (page) => {
    await page.goto(server.url);
    await page.locator(".run-name").nth(10).waitFor();
    // As text: it runs in the page, whose words are not ours.
    return page.evaluate<number[]>(`new Promise((resolve) => {
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
  });
