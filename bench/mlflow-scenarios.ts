// What a tracking server is asked to do, scenario by scenario, the same for every server.
import { median } from "./benchmark.ts";
import { api } from "./mlflow-http.ts";
import type { Connection } from "./mlflow-http.ts";
import { officialPython } from "./mlflow-servers.ts";
import type { TrackingServer } from "./mlflow-servers.ts";
import { runProgram } from "./processes.ts";

export const searchedRuns = 3000;
export const historyPoints = 100_000;
const start = 1_767_225_600_000;

/** What a scenario measured: milliseconds a call, and calls a second of all clients together. */
export interface Sample {
  p50: number;
  p95: number;
  p99: number;
  perSecond: number;
}

export type Scenario = (world: World, calls: number) => Promise<Sample>;

/** A server with what the scenarios look for. */
export interface World {
  server: TrackingServer;
  experiment: string;
  run: string;
  /** A run with one metric, `long`, of many points. */
  longRun: string;
  created: number;
}

export async function prepareWorld(server: TrackingServer): Promise<World> {
  const connection = await server.connect();
  const made = await connection.call<{ experiment_id: string }>("POST", `${api}/experiments/create`, {
    name: "searched",
  });
  const other = await connection.call<{ experiment_id: string }>("POST", `${api}/experiments/create`, {
    name: "logged",
  });
  const run = await createRun(connection, other.experiment_id);
  const longRun = await createRun(connection, other.experiment_id);
  for (let first = 0; first < historyPoints; first += 1000) {
    const metrics = Array.from({ length: 1000 }, (_, offset) => ({
      key: "long",
      value: Math.sin(first + offset),
      timestamp: start + first + offset,
      step: first + offset,
    }));
    await connection.call("POST", `${api}/runs/log-batch`, { run_id: longRun, metrics });
  }
  connection.close();
  return { server, experiment: made.experiment_id, run, longRun, created: 0 };
}

export async function createRun(connection: Connection, experiment: string, at = start): Promise<string> {
  const body = { experiment_id: experiment, start_time: at, user_id: "bench", run_name: `run-${at}` };
  const { run } = await connection.call<{ run: { info: { run_id: string } } }>(
    "POST",
    `${api}/runs/create`,
    body,
  );
  return run.info.run_id;
}

async function createSome(server: TrackingServer, count: number): Promise<string[]> {
  const connection = await server.connect();
  const runs: string[] = [];
  while (runs.length < count) runs.push(await createRun(connection, "0"));
  connection.close();
  return runs;
}

/** `clients` connections that call as fast as they are answered, `calls` times together. */
async function load(
  server: TrackingServer,
  clients: number,
  calls: number,
  act: (connection: Connection, turn: number, client: number) => Promise<unknown>,
): Promise<Sample> {
  const connections = await Promise.all(Array.from({ length: clients }, () => server.connect()));
  const times: number[] = [];
  let turn = 0;
  const began = performance.now();
  await Promise.all(
    connections.map(async (connection, client) => {
      while (turn < calls) {
        const mine = turn++;
        const sent = performance.now();
        await act(connection, mine, client);
        times.push(performance.now() - sent);
      }
    }),
  );
  const tookMs = performance.now() - began;
  for (const connection of connections) connection.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  return { p50: median(times), p95: at(0.95), p99: at(0.99), perSecond: (calls / tookMs) * 1000 };
}

const metric = (run: string, key: string, step: number) => ({
  run_id: run,
  key,
  value: step / 7,
  timestamp: start + step,
  step,
});

let lastStep = 0;

async function ok(connection: Connection, method: string, path: string, body?: unknown): Promise<void> {
  const { status, parts } = await connection.send(method, path, body);
  if (status !== 200) throw new Error(`${path}: ${status} ${Buffer.concat(parts).toString().slice(0, 500)}`);
}

const logMetric = (connection: Connection, run: string) =>
  ok(connection, "POST", `${api}/runs/log-metric`, metric(run, "m", lastStep++));

export const logAlone: Scenario = ({ server, run }, calls) =>
  load(server, 1, calls, (connection) => logMetric(connection, run));

export const logTogether =
  (clients: number): Scenario =>
  ({ server, run }, calls) =>
    load(server, clients, calls, (connection) => logMetric(connection, run));

export const logApart =
  (clients: number): Scenario =>
  async ({ server }, calls) => {
    const runs = await createSome(server, clients);
    return load(server, clients, calls, (connection, _turn, client) => logMetric(connection, runs[client]!));
  };

/** Batches of so many points: of as many metrics, or of one. */
export const logBatches =
  (clients: number, points: number, names: number): Scenario =>
  async ({ server }, calls) => {
    const runs = await createSome(server, clients);
    // Made before the clock runs: what is measured is the server.
    const bodies = Array.from({ length: calls }, (_, turn) => {
      const metrics = Array.from({ length: points }, (_, index) => ({
        key: `metric-${index % names}`,
        value: index / 7 + turn,
        timestamp: start + turn,
        step: turn * points + index,
      }));
      return JSON.stringify({ metrics }).slice(1);
    });
    return load(server, clients, calls, (connection, turn, client) =>
      ok(connection, "POST", `${api}/runs/log-batch`, `{"run_id":"${runs[client]!}",${bodies[turn]!}`),
    );
  };

/** Runs with 10 metrics, 10 params and 5 tags, by 8 clients: what is searched afterwards. */
export const createRuns: Scenario = (world, calls) =>
  load(world.server, 8, calls, async (connection) => {
    const number = world.created++;
    const run_id = await createRun(connection, world.experiment, start + number * 1000);
    const list = (count: number, key: string, value: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => ({ key: `${key}${index}`, value: value(index) }));
    await ok(connection, "POST", `${api}/runs/log-batch`, {
      run_id,
      metrics: Array.from({ length: 10 }, (_, index) => ({
        key: `m${index}`,
        value: ((number * 7919 + index * 104_729) % 1000) / 1000,
        timestamp: start + number,
        step: index,
      })),
      params: list(10, "p", (index) => String((number + index) % 20)),
      tags: list(5, "t", (index) => `tag ${(number * index) % 7}`),
    });
  });

const searching =
  (changes: object): Scenario =>
  ({ server, experiment }, calls) =>
    load(server, 1, calls, (connection) =>
      ok(connection, "POST", `${api}/runs/search`, {
        experiment_ids: [experiment],
        max_results: 100,
        ...changes,
      }),
    );

export const searchPage = (rows: number): Scenario => searching({ max_results: rows });
export const searchFiltered = searching({ filter: "metrics.m1 > 0.5 AND params.p1 = '3'" });
export const searchOrdered = searching({ order_by: ["metrics.m1 DESC"] });
export const searchComplex = searching({
  filter: "metrics.m1 > 0.2 AND params.p1 != '3' AND tags.t1 LIKE 'tag%'",
  order_by: ["metrics.m2 DESC", "params.p3"],
});

export const searchLastPage: Scenario = async ({ server, experiment }, calls) => {
  const connection = await server.connect();
  const rows = 100;
  const page = (token?: string) => ({
    experiment_ids: [experiment],
    max_results: rows,
    ...(token !== undefined && { page_token: token }),
  });
  let last: string | undefined;
  for (;;) {
    const { next_page_token } = await connection.call<{ next_page_token?: string }>(
      "POST",
      `${api}/runs/search`,
      page(last),
    );
    if (next_page_token === undefined) break;
    last = next_page_token;
  }
  connection.close();
  return load(server, 1, calls, (asking) => ok(asking, "POST", `${api}/runs/search`, page(last)));
};

export const readHistory: Scenario = ({ server, longRun }, calls) =>
  load(server, 1, calls, (connection) =>
    ok(connection, "GET", `${api}/metrics/get-history?run_id=${longRun}&metric_key=long&max_results=25000`),
  );

export const sampleHistory: Scenario = ({ server, longRun }, calls) =>
  load(server, 1, calls, (connection) =>
    ok(
      connection,
      "GET",
      `${api}/metrics/get-history-bulk-interval?run_ids=${longRun}&metric_key=long&max_results=320`,
    ),
  );

export const readRun: Scenario = ({ server, run }, calls) =>
  load(server, 1, calls, (connection) => ok(connection, "GET", `${api}/runs/get?run_id=${run}`));

export const realClient: Scenario = async ({ server: { url, token } }, calls) => {
  const script = new URL("mlflow_client.py", import.meta.url).pathname;
  const env = {
    ...process.env,
    MLFLOW_TRACKING_URI: url,
    MLFLOW_DISABLE_TELEMETRY: "true",
    ...(token !== "" && { MLFLOW_TRACKING_TOKEN: token }),
  };
  const text = await runProgram(await officialPython(), [script, String(calls)], { env });
  const p50 = Number(/median ([\d.]+)/.exec(text)?.[1]);
  return { p50, p95: Number.NaN, p99: Number.NaN, perSecond: 1000 / p50 };
};
