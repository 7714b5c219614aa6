// Tracking: the scenarios of MLflow's own clients against the official server, in turns in one run.
import type { Benchmark, Comparison, Target } from "./benchmark.ts";
import {
  createRuns,
  logAlone,
  logApart,
  logBatches,
  logTogether,
  prepareWorld,
  readHistory,
  readRun,
  realClient,
  sampleHistory,
  searchComplex,
  searchFiltered,
  searchLastPage,
  searchOrdered,
  searchPage,
  searchedRuns,
} from "./mlflow-scenarios.ts";
import type { Sample, Scenario, World } from "./mlflow-scenarios.ts";
import { officialVersion, startOfficial, startOurs } from "./mlflow-servers.ts";

const usualRounds = 3;

interface Line {
  what: string;
  scenario: Scenario;
  /** How often each server is called in a round; ours more where the official one would take minutes. */
  calls: { ours: number; official: number };
  figures: readonly { of: keyof Sample; target: Target }[];
}

const times = (ours: number, official = ours) => ({ ours, official });

const linesIn = (rounds: number): readonly Line[] => [
  {
    what: "P1 log-metric, one client",
    scenario: logAlone,
    calls: times(300, 60),
    figures: [
      { of: "p50", target: { most: 1.5 } },
      { of: "perSecond", target: { least: 600 } },
    ],
  },
  {
    what: "P2 log-metric, 16 clients, one run",
    scenario: logTogether(16),
    calls: times(3000, 200),
    figures: [
      { of: "perSecond", target: { least: 1500, leastRatio: 10 } },
      { of: "p99", target: { most: 50, mostRatio: 0.1 } },
    ],
  },
  {
    what: "P3 log-metric, 32 clients, a run each",
    scenario: logApart(32),
    calls: times(3000, 200),
    figures: [
      { of: "perSecond", target: { least: 1500, leastRatio: 10 } },
      { of: "p99", target: { most: 60, mostRatio: 0.1 } },
    ],
  },
  {
    what: "P4 log-batch of 1000 metrics",
    scenario: logBatches(1, 1000, 1000),
    calls: times(30, 10),
    figures: [{ of: "p50", target: { most: 15 } }],
  },
  {
    what: "P5 create a run and log-batch, 8 clients",
    scenario: createRuns,
    calls: times(Math.ceil(searchedRuns / rounds)),
    figures: [
      { of: "perSecond", target: { least: 400, leastRatio: 10 } },
      { of: "p95", target: { most: 50, mostRatio: 0.1 } },
    ],
  },
  ...(
    [
      ["P6 search, 100 of 3000 runs", searchPage(100), times(20, 10), { most: 15 }],
      ["P7 search, 1000 runs", searchPage(1000), times(5, 2), { most: 120, mostRatio: 0.1 }],
      ["P8 search, all 3000 runs", searchPage(searchedRuns), times(3, 1), { most: 400, mostRatio: 0.1 }],
      ["P9 filter by metric and param, 100 runs", searchFiltered, times(20, 10), { most: 20 }],
      ["P10 order by a metric, 100 runs", searchOrdered, times(10, 3), { most: 30, mostRatio: 0.1 }],
      ["P11 three filters, two orders", searchComplex, times(10), { most: 30 }],
      ["P12 last page by token", searchLastPage, times(10, 5), { most: 15 }],
      ["P13 history, 25,000 of 100,000 points", readHistory, times(5, 2), { most: 100, mostRatio: 0.1 }],
      ["P14 sample of 320 of 100,000 points", sampleHistory, times(10, 3), { most: 30 }],
      ["P15 runs/get", readRun, times(100, 50), { most: 1.5 }],
      ["P16 mlflow.log_metric, the real client", realClient, times(200, 100), { most: 3 }],
    ] as const
  ).map(([what, scenario, calls, target]) => ({
    what,
    scenario,
    calls,
    figures: [{ of: "p50", target }] as const,
  })),
];

const words: Readonly<Record<keyof Sample, string>> = {
  p50: "median",
  p95: "95th percentile",
  p99: "99th percentile",
  perSecond: "calls",
};

export const mlflow: Benchmark = {
  name: "mlflow",
  about: `MLflow's REST interface, asked by one raw HTTP client over kept connections (the last line: by the real client), against \`mlflow server --workers 1\` of the newest release; both on SQLite on the same disk, ours with every commit synced before it is answered`,
  async run(rounds = usualRounds) {
    const began = performance.now();
    await using ours = await startOurs();
    await using official = await startOfficial();
    const peer = `mlflow ${await officialVersion()}`;
    const ourWorld = await prepareWorld(ours);
    const officialWorld = await prepareWorld(official);
    const comparisons: Comparison[] = [];
    for (const { what, scenario, calls, figures } of linesIn(rounds)) {
      const samples: { ours: Sample[]; official: Sample[] } = { ours: [], official: [] };
      for (let round = 0; round < rounds; round++) {
        samples.official.push(await scenario(officialWorld, calls.official));
        samples.ours.push(await scenario(ourWorld, calls.ours));
      }
      // The official server takes minutes over some of these: say where it is.
      console.log(`  ${what}: measured after ${Math.round((performance.now() - began) / 1000)} s`);
      for (const { of, target } of figures) {
        const comparison: Comparison = {
          what: `${what}: ${words[of]}`,
          unit: of === "perSecond" ? "per second" : "ms",
          ours: samples.ours.map((sample) => sample[of]),
          peer: { name: peer, samples: samples.official.map((sample) => sample[of]) },
          target,
        };
        comparisons.push(comparison);
      }
    }
    comparisons.push(...(await ingestTogether(ourWorld, rounds)));
    return comparisons;
  },
};

/** Without a peer: what one server of ours has to take from many clients. */
async function ingestTogether(world: World, rounds: number): Promise<Comparison[]> {
  const points: number[] = [];
  const singles: number[] = [];
  for (let round = 0; round < rounds; round++) {
    points.push((await logBatches(4, 500, 5)(world, 400)).perSecond * 500);
    singles.push((await logTogether(32)(world, 10_000)).perSecond);
  }
  return [
    {
      what: "points by log-batch of 500, 4 clients",
      unit: "per second",
      ours: points,
      target: { least: 100_000 },
    },
    {
      what: "log-metric, 32 clients, one run",
      unit: "per second",
      ours: singles,
      target: { least: 5000 },
    },
  ];
}
