// Requests to MLflow's interface that are wrong in one way each, made from right ones by a seed.
import { mlflowWays } from "../../src/server/mlflow/mount.ts";
import { mutate } from "../support/odd-values.ts";
import type { Random } from "../support/random.ts";

/** What is there to be asked for. */
export interface MlflowWorld {
  token: string;
  experiment: string;
  run: string;
  deletedRun: string;
  model: string;
}

export interface WrongRequest {
  what: string;
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | undefined;
}

type Fields = Record<string, unknown>;

/** By the end of the path: what would be taken. */
const rightFields = (world: MlflowWorld): Readonly<Record<string, Fields>> => {
  const run = { run_id: world.run };
  const experiment = { experiment_id: world.experiment };
  const pair = { key: "k", value: "v" };
  const metric = { key: "m", value: 1.5, timestamp: 1_700_000_000_000, step: 1 };
  const version = { name: "registered", version: "1" };
  return {
    "/experiments/create": { name: "made", tags: [pair] },
    "/experiments/get": experiment,
    "/experiments/get-by-name": { experiment_name: "Default" },
    "/experiments/search": { filter: "name = 'x'", max_results: 5, order_by: ["name ASC"], view_type: "ALL" },
    "/experiments/update": { ...experiment, new_name: "renamed" },
    "/experiments/delete": experiment,
    "/experiments/restore": experiment,
    "/experiments/set-experiment-tag": { ...experiment, ...pair },
    "/experiments/delete-experiment-tag": { ...experiment, key: "k" },
    "/experiments/search-datasets": { experiment_ids: [world.experiment] },
    "/runs/create": { ...experiment, start_time: 1, tags: [pair], run_name: "n" },
    "/runs/get": run,
    "/runs/update": { ...run, status: "FINISHED", end_time: 5, run_name: "n" },
    "/runs/delete": run,
    "/runs/restore": run,
    "/runs/set-tag": { ...run, ...pair },
    "/runs/delete-tag": { ...run, key: "k" },
    "/runs/log-parameter": { ...run, ...pair },
    "/runs/log-metric": { ...run, ...metric },
    "/runs/log-batch": { ...run, metrics: [metric, metric], params: [pair], tags: [pair] },
    "/runs/log-inputs": {
      ...run,
      datasets: [
        {
          tags: [{ key: "mlflow.data.context", value: "train" }],
          dataset: { name: "d", digest: "x", source_type: "local", source: "{}", schema: "{}" },
        },
      ],
      models: [{ model_id: world.model }],
    },
    "/runs/outputs": { ...run, models: [{ model_id: world.model, step: 1 }] },
    "/runs/log-model": {
      ...run,
      model_json: JSON.stringify({ ...run, artifact_path: "m", flavors: {}, utc_time_created: "now" }),
    },
    "/runs/search": {
      experiment_ids: [world.experiment],
      filter: "metrics.m > 1 AND params.k = 'v'",
      order_by: ["metrics.m DESC"],
      max_results: 10,
      run_view_type: "ACTIVE_ONLY",
    },
    "/metrics/get-history": { ...run, metric_key: "m", max_results: 10 },
    "/metrics/get-history-bulk": { run_id: [world.run], metric_key: "m" },
    "/metrics/get-history-bulk-interval": {
      run_ids: [world.run],
      metric_key: "m",
      start_step: 0,
      end_step: 9,
    },
    "/artifacts/list": { ...run, path: "a" },
    "/logged-models": { ...experiment, name: "n", params: [pair], tags: [pair], source_run_id: world.run },
    "/logged-models/search": {
      experiment_ids: [world.experiment],
      filter: "name = 'n'",
      order_by: [{ field_name: "creation_timestamp", ascending: false }],
      datasets: [{ dataset_name: "d" }],
      max_results: 5,
    },
    "/logged-models/:model_id": { model_id: world.model, status: "LOGGED_MODEL_READY" },
    "/logged-models/:model_id/tags": { tags: [pair] },
    "/logged-models/:model_id/params": { params: [pair] },
    "/logged-models/:model_id/artifacts/directories": { artifact_directory_path: "a" },
    "/logged-models/:model_id/artifacts/files": { artifact_file_path: "a" },
    "/registered-models/create": { name: "another", description: "d", tags: [pair] },
    "/registered-models/get": { name: "registered" },
    "/registered-models/search": { filter: "name = 'x'", max_results: 5, order_by: ["name ASC"] },
    "/registered-models/rename": { name: "registered", new_name: "n" },
    "/registered-models/update": { name: "registered", description: "d" },
    "/registered-models/delete": { name: "registered" },
    "/registered-models/get-latest-versions": { name: "registered", stages: ["None"] },
    "/registered-models/set-tag": { name: "registered", ...pair },
    "/registered-models/delete-tag": { name: "registered", key: "k" },
    "/registered-models/alias": { name: "registered", alias: "a", version: "1" },
    "/model-versions/create": {
      name: "registered",
      source: `runs:/${world.run}/m`,
      run_id: world.run,
      tags: [pair],
    },
    "/model-versions/get": version,
    "/model-versions/search": { filter: "name = 'x'", max_results: 5 },
    "/model-versions/update": { ...version, description: "d" },
    "/model-versions/transition-stage": { ...version, stage: "Staging", archive_existing_versions: true },
    "/model-versions/delete": version,
    "/model-versions/get-download-uri": version,
    "/model-versions/set-tag": { ...version, ...pair },
    "/model-versions/delete-tag": { ...version, key: "k" },
    "/get-artifact": { ...run, path: "a" },
    "/model-versions/get-artifact": { ...version, path: "a" },
    "/upload-artifact": { run_uuid: world.run, path: "up" },
    "/mlflow-artifacts/artifacts": { path: `${world.experiment}/${world.run}/artifacts` },
    "/mpu/create/*": { path: "f", num_parts: 2 },
    "/mpu/complete/*": { path: "f", upload_id: "u", parts: [{ part_number: 1, etag: "e", url: "u" }] },
    "/mpu/abort/*": { path: "f", upload_id: "u" },
  };
};

const badFilters = [
  "metrics.m > 'x'",
  "params.p = 1",
  "a = ",
  "(name = 'x')",
  "name = 'x' OR name = 'y'",
  "NOT name = 'x'",
  "name = 'x';",
  "tags.`unclosed = 'x'",
  "name LIKE",
  "'",
  "metrics.m > 1e999e9",
  "\u0000",
  "wrong.x = 'y'",
  `name = '${"x".repeat(10_000)}`,
  "AND AND",
  "run_id IN ()",
  `${"a = 'b' AND ".repeat(2000)}a = 'b'`,
];
const badOrders = ["metrics.m FOO", "", "name DESC DESC", "lifecycle_stage", "`", "params.", "\u0000"];
const badTokens = ["x", "e30=", "%", btoa('{"offset":-1}'), btoa("[]"), btoa("{}"), "é", "A".repeat(9000)];
const badIds = ["0".repeat(32), "no-such", "../..", "%00", "é", "m-x", "-1", "99999999999999999999", "'; --"];
const brokenJson = [
  "{",
  "[1,",
  '{"a":}',
  "nul",
  "{'a':1}",
  "[]",
  "1",
  '"x"',
  '"{"',
  "\u0000",
  '{"a":1}x',
  "\uFEFF{",
];
const wrongTypes = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "application/jsonx",
  "",
];

const deep = (levels: number): string => `${'{"a":['.repeat(levels)}${"]}".repeat(levels)}`;

const otherMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** How a right request's fields are made wrong. */
const fieldFaults: Readonly<Record<string, (fields: Fields, random: Random) => Fields>> = {
  "missing field": (fields, random) => without(fields, random.pick(Object.keys(fields))),
  "wrong type": (fields, random) => {
    const other = random.pick([null, true, -1, 1.5, "", [], {}, [[]], [null], { a: 1 }, [1], ["x", 2]]);
    return { ...fields, [random.pick(Object.keys(fields))]: other };
  },
  "nested wrong": (fields, random) => {
    const changed = mutate(fields, random);
    return typeof changed === "object" && changed !== null && !Array.isArray(changed)
      ? (changed as Fields)
      : { wrong: changed };
  },
  "too long": (fields, random) => replaceTexts(fields, random, "x".repeat(random.pick([501, 6001, 70_000]))),
  "unknown id": (fields, random) => {
    const ids = Object.keys(fields).filter((name) => /id|name|version|uuid/.test(name));
    return { ...fields, [ids.length > 0 ? random.pick(ids) : "run_id"]: random.pick(badIds) };
  },
  "wrong enum": (fields, random) => ({
    ...fields,
    [random.pick(["status", "view_type", "run_view_type", "stage"])]: random.pick([
      "NOPE",
      99,
      -1,
      {},
      "active",
    ]),
  }),
  "huge number": (fields, random) => {
    const numbers = Object.keys(fields).filter((name) => typeof fields[name] === "number");
    const name =
      numbers.length > 0 ? random.pick(numbers) : random.pick(["max_results", "start_time", "step"]);
    return {
      ...fields,
      [name]: random.pick([2 ** 63, -(2 ** 63), 1e308, "9".repeat(400), "1e400", "NaN", 0.1]),
    };
  },
  "null byte": (fields, random) => replaceTexts(fields, random, "nul\u0000byte"),
  "bad page token": (fields, random) => ({ ...fields, page_token: random.pick(badTokens) }),
  "bad filter": (fields, random) => ({ ...fields, filter: random.pick(badFilters) }),
  "bad order": (fields, random) => ({
    ...fields,
    order_by: random.pick([
      [random.pick(badOrders)],
      random.pick(badOrders),
      [{ field_name: "x" }],
      ["name", "name"],
    ]),
  }),
};

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name));

function replaceTexts(fields: Fields, random: Random, text: string): Fields {
  const names = Object.keys(fields).filter((name) => typeof fields[name] === "string");
  return { ...fields, [names.length > 0 ? random.pick(names) : "key"]: text };
}

/** How the request around right fields is made wrong. */
const requestFaults: Readonly<
  Record<string, (request: WrongRequest, random: Random, world: MlflowWorld) => WrongRequest>
> = {
  "malformed JSON": (request, random) => ({ ...request, body: random.pick(brokenJson) }),
  "wrong content type": (request, random) => ({
    ...request,
    headers: { ...request.headers, "content-type": random.pick(wrongTypes) },
  }),
  "bare NaN": (request) => ({ ...request, body: '{"value": NaN, "timestamp": Infinity}' }),
  "endless number": (request) => ({
    ...request,
    body: `{"max_results": 1${"0".repeat(400)}, "step": 1e999}`,
  }),
  "deep JSON": (request, random) => ({ ...request, body: deep(random.pick([60, 1000, 100_000])) }),
  "invalid UTF-8": (request) => ({
    ...request,
    body: Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d]),
  }),
  "bad percent-encoding": (request, random) => ({
    ...request,
    target:
      request.target +
      (request.target.includes("?") ? "&" : random.pick(["%", "%zz?", "%c0%ae?", "?"])) +
      "a=%ff%",
  }),
  "repeated parameter": (request) => ({
    ...request,
    target: `${request.target}${request.target.includes("?") ? "&" : "?"}run_id=a&run_id=b&path=a&path=b&name=&max_results=`,
  }),
  "wrong method": (request, random) => ({
    ...request,
    method: random.pick(otherMethods.filter((method) => method !== request.method)),
  }),
  "wrong token": (request, random) => ({
    ...request,
    headers: {
      ...request.headers,
      authorization: random.pick([
        "",
        "Bearer",
        "Bearer x",
        "Basic !!!",
        "Basic eDp5",
        "Digest a",
        "Bearer  ",
      ]),
    },
  }),
  "wrong host": (request) => ({ ...request, headers: { ...request.headers, host: "elsewhere.example" } }),
  "wrong origin": (request) => ({
    ...request,
    headers: { ...request.headers, origin: "https://elsewhere.example" },
  }),
  "unknown route": (request, random) => ({
    ...request,
    target: request.target + random.pick(["x", "/x", "/../x"]),
  }),
  "odd range": (request, random) => ({
    ...request,
    headers: {
      ...request.headers,
      range: random.pick(["bytes=9-1", "bytes=-", "bytes=99999999999999999999-", "x"]),
    },
  }),
};

const oddSegments = [
  "..%2f..",
  "%2e%2e",
  "%",
  "%00",
  "a%5cb",
  "x".repeat(3000),
  "%ff",
  "no-such",
  "a%2f%2fb",
  "~",
];

export function makeWrongRequest(random: Random, world: MlflowWorld): WrongRequest {
  const { way } = random.pick(mlflowWays().filter(({ isPublic }) => !isPublic));
  const method = way.slice(0, way.indexOf(" "));
  const path = way.slice(way.indexOf(" ") + 1);
  const right = rightFields(world);
  const ending = Object.keys(right)
    .filter((one) => path.endsWith(one))
    .sort((a, b) => b.length - a.length)[0];
  const fields = ending === undefined ? {} : right[ending]!;
  const fault = random.pick([
    ...Object.keys(fieldFaults),
    ...Object.keys(fieldFaults),
    ...Object.keys(requestFaults),
    "deleted run",
    "odd path",
  ]);
  const oddPath = fault === "odd path";
  const named = path
    .replace(":model_id", () => (oddPath ? random.pick(oddSegments) : world.model))
    .replace(
      /\*$/,
      () => `${world.experiment}/${world.run}/artifacts/${oddPath ? random.pick(oddSegments) : "f"}`,
    )
    .replaceAll(/:\w+/g, () => (oddPath ? random.pick(oddSegments) : "x"));
  const given =
    fault === "deleted run"
      ? { ...fields, run_id: world.deletedRun, run_uuid: world.deletedRun }
      : (fieldFaults[fault]?.(fields, random) ?? fields);
  const isFile = /\/artifacts\/\*$|upload-artifact$|\/mpu\/parts\//.test(path);
  const inQuery = method === "GET" || isFile;
  const request: WrongRequest = {
    what: `${fault}: ${way}`,
    method,
    target: inQuery ? named + queryOf(given) : named,
    headers: {
      authorization: `Bearer ${world.token}`,
      ...(!inQuery && { "content-type": "application/json" }),
    },
    body: inQuery ? (method === "GET" ? undefined : random.pick(["", "x"])) : JSON.stringify(given),
  };
  const changed = requestFaults[fault]?.(request, random, world) ?? request;
  return changed.method === "GET" ? { ...changed, body: undefined } : changed;
}

/** Lists as repeated parameters; everything else as somebody's program might write it. */
function queryOf(fields: Fields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => {
      const text = typeof one === "string" ? one : (JSON.stringify(one) ?? "");
      return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`;
    }),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&").slice(0, 12_000)}`;
}
