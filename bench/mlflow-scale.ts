// Searches among 30,000 runs with 300 metrics each, and the server's memory while a client reads them all.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { homeLayout } from "../src/core/home.ts";
import { openHouse } from "./house.ts";
import type { House } from "./house.ts";
import { median } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { api } from "./mlflow-http.ts";
import type { Connection } from "./mlflow-http.ts";
import { serverOfHouse } from "./mlflow-servers.ts";
import { memoryOf } from "./processes.ts";

const runs = 30_000;
const metrics = 300;
const usualRounds = 3;
const start = 1_767_225_600_000;
const experiment = "1";

/** Every kind of thing by every kind of comparison and order, with many matches, few and none. */
const searches: readonly { filter?: string; order_by?: string[] }[] = [
  {},
  ...[
    "metrics.m1 > 0.5",
    "metrics.m1 > 0.9999",
    "metrics.m1 > 2",
    "metrics.m1 != 0.5",
    "metrics.m1 = 0.5",
    "metrics.rare > 0",
    "params.p1 = '3'",
    "params.p1 != '3'",
    "params.p1 LIKE '1%'",
    "params.p1 ILIKE '%9'",
    "params.rare IS NULL",
    "params.rare IS NOT NULL",
    "tags.t1 = 'tag 3'",
    "tags.t1 IS NULL",
    "tags.nope = 'x'",
    "attributes.run_name LIKE '%777%'",
    "attributes.status = 'FAILED'",
    "attributes.start_time > 1767225600500",
    "attributes.end_time < 0",
    "attributes.run_id IN ('0', '1')",
    "dataset.name = 'none'",
    "metrics.m1 > 0.2 AND metrics.m2 < 0.8 AND params.p1 != '3' AND tags.t1 LIKE 'tag%'",
    "metrics.m1 > 0.99 AND params.p1 = '3' AND tags.t1 = 'tag 3'",
  ].map((filter) => ({ filter })),
  ...[
    ["metrics.m1"],
    ["metrics.m1 DESC"],
    ["metrics.rare DESC"],
    ["metrics.nope"],
    ["params.p1"],
    ["params.p1 DESC"],
    ["tags.t1 DESC"],
    ["attributes.start_time"],
    ["attributes.run_name DESC"],
    ["attributes.end_time"],
    ["metrics.m1 DESC", "params.p1", "tags.t1"],
  ].map((order_by) => ({ order_by })),
  { filter: "metrics.m1 > 0.5 AND params.p1 = '3'", order_by: ["metrics.m2 DESC"] },
  { filter: "tags.t1 != 'tag 3'", order_by: ["params.p1", "metrics.m1"] },
];

/** Written straight into the tables as the server would: by its interface it would take many minutes. */
function fill(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("pragma synchronous = off; pragma cache_size = -500000");
  // Made at the end, in one go.
  const byValue = database
    .prepare("select sql from sqlite_master where name = 'metric_series_by_value'")
    .get() as { sql: string };
  database.exec("drop index metric_series_by_value");
  database.exec("begin");
  const insertRun = database.prepare(
    `insert into runs (seq, id, experiment_id, number, display_name, description, state, created_by, created_at, started_at, ended_at)
     values (?, ?, ?, ?, ?, '', ?, 'bench', ?, ?, null)`,
  );
  const insertLabel = database.prepare("insert into labels (run_id, kind, key, value) values (?, ?, ?, ?)");
  const insertSeries = database.prepare(
    `insert into metric_series (run_seq, name, kind, count, last, min, max, last_step, last_at, updated_at, latest)
     values (?, ?, 'scalar', 1, ?, ?, ?, 1, ?, ?, ?)`,
  );
  database
    .prepare("insert into experiments (id, name, created_at, number) values (?, 'many', ?, 1)")
    .run(experiment, start);
  for (let run = 0; run < runs; run++) {
    const seq = run + 10;
    const id = ((run * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0").repeat(4);
    const at = start + run;
    insertRun.run(
      seq,
      id,
      experiment,
      run + 1,
      `run-${run}`,
      run % 10 === 0 ? "Failed" : "Completed",
      at,
      at,
    );
    for (let index = 0; index < 10; index++) {
      insertLabel.run(id, "param", `p${index}`, String((run + index) % 20));
      if (index < 5) insertLabel.run(id, "tag", `t${index}`, `tag ${(run * index) % 7}`);
    }
    if (run % 1000 === 0) insertLabel.run(id, "param", "rare", "x");
    const names = Array.from({ length: metrics }, (_, index) => `m${index}`);
    if (run % 1000 === 0) names.push("rare");
    for (const [index, name] of names.entries()) {
      const value = ((run * 7919 + index * 104_729) % 100_003) / 100_003;
      const latest = `{"key":"${name}","value":${value},"timestamp":${at},"step":1}`;
      insertSeries.run(seq, name, value, value, value, at, at, latest);
    }
  }
  database.exec("commit");
  database.exec(byValue.sql);
  database.exec("pragma wal_checkpoint(truncate)");
  database.close();
}

export const mlflowScale: Benchmark = {
  name: "mlflow-scale",
  about: `${runs.toLocaleString("en")} runs with ${metrics} metrics, 10 params and 5 tags each, written straight into the tables; then ${searches.length} searches of every kind by MLflow's interface (each ${usualRounds} times, the median), and all runs read page by page`,
  async run(rounds = usualRounds) {
    await using house = openHouse();
    await house.run("server", "start");
    await house.stop();
    fill(join(house.home, homeLayout.database));
    const connect = await startAgain(house);
    const connection = await connect();
    const figures: Comparison[] = [];
    for (const [rows, target] of [
      [100, 200],
      [1000, undefined],
    ] as const) {
      const times: { ms: number; what: string }[] = [];
      for (const search of searches) {
        const samples: number[] = [];
        for (let round = 0; round < rounds; round++) samples.push(await timeSearch(connection, search, rows));
        times.push({ ms: median(samples), what: JSON.stringify(search) });
      }
      const worst = times.toSorted((a, b) => b.ms - a.ms);
      for (const { ms, what } of worst.slice(0, 5))
        console.log(`  ${rows} rows: ${ms.toFixed(0)} ms ${what}`);
      const limit = target === undefined ? {} : { target: { most: target } };
      figures.push(
        {
          what: `first page of ${rows}: the median search`,
          unit: "ms",
          ours: [median(times.map(({ ms }) => ms))],
          ...limit,
        },
        { what: `first page of ${rows}: the slowest search`, unit: "ms", ours: [worst[0]!.ms], ...limit },
      );
    }
    const deep = await deepPages(connection);
    figures.push({
      what: "page of 100 after 25,000 rows, the slowest of four orders",
      unit: "ms",
      ours: deep,
      target: { most: 200 },
    });
    for (const rows of [1000, 50_000]) {
      const { bytes, ms } = await scan(connection, rows);
      console.log(`  all in pages of ${rows}: ${(bytes / 1e6).toFixed(0)} MB in ${(ms / 1000).toFixed(1)} s`);
    }
    figures.push({
      what: "the server's largest resident memory while all are read, in pages of 1,000 and of 50,000",
      unit: "MB",
      ours: [memoryOf(house.serverPid(), "VmHWM")],
      target: { most: 300 },
    });
    connection.close();
    return figures;
  },
};

async function startAgain(house: House): Promise<() => Promise<Connection>> {
  await house.run("server", "start");
  const server = serverOfHouse(house);
  return () => server.connect();
}

async function timeSearch(connection: Connection, search: object, rows: number): Promise<number> {
  const began = performance.now();
  const body = { experiment_ids: [experiment], max_results: rows, ...search };
  const { status, parts } = await connection.send("POST", `${api}/runs/search`, body);
  if (status !== 200) throw new Error(Buffer.concat(parts).toString().slice(0, 500));
  return performance.now() - began;
}

async function deepPages(connection: Connection): Promise<number[]> {
  const times: number[] = [];
  for (const order_by of [[], ["metrics.m1 DESC"], ["params.p1"], ["attributes.run_name"]]) {
    const search = { order_by, page_token: await tokenAfter(connection, order_by, 25_000) };
    times.push(await timeSearch(connection, search, 100));
  }
  return [Math.max(...times)];
}

async function tokenAfter(connection: Connection, order_by: string[], rows: number): Promise<string> {
  const body = { experiment_ids: [experiment], max_results: rows, order_by };
  const { parts } = await connection.send("POST", `${api}/runs/search`, body);
  return /"next_page_token":"([^"]+)"\}$/.exec(parts.at(-1)!.toString())![1]!;
}

/** Reads all runs, keeping nothing. */
async function scan(connection: Connection, rows: number): Promise<{ bytes: number; ms: number }> {
  const began = performance.now();
  let bytes = 0;
  let page_token: string | undefined;
  do {
    const body = { experiment_ids: [experiment], max_results: rows, ...(page_token && { page_token }) };
    const { status, parts, sizeBytes } = await connection.send("POST", `${api}/runs/search`, body);
    if (status !== 200) throw new Error(`the scan was answered ${status}`);
    bytes += sizeBytes;
    page_token = /"next_page_token":"([^"]+)"\}$/.exec(parts.at(-1)!.toString())?.[1];
  } while (page_token !== undefined);
  return { bytes, ms: performance.now() - began };
}
