// Records what MLflow's client and the official server say to each other while `typical.py` runs, for the tests to
// replay. Usage: node test/mlflow/record.ts <python of the client> <url of a fresh official server> <name>
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exchange } from "./exchange.ts";

const [python, upstream, name] = process.argv.slice(2);
if (python === undefined || upstream === undefined || name === undefined) {
  throw new Error("usage: node test/mlflow/record.ts <python> <url of a fresh official server> <name>");
}

const exchanges: Exchange[] = [];
/** What the server made up, and the name it has in the recording. */
const names = new Map<string, string>();

async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await bytesOf(incoming);
  const { method = "GET", url = "/", headers } = incoming;
  const onward = request(new URL(url, upstream), {
    method,
    headers: { ...headers, host: new URL(upstream!).host },
  });
  onward.end(body);
  const [answer] = (await once(onward, "response")) as [IncomingMessage];
  const answered = await bytesOf(answer);
  outgoing.writeHead(answer.statusCode!, answer.headers);
  outgoing.end(answered);
  keep(method, url, { type: headers["content-type"], body }, { status: answer.statusCode!, body: answered });
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function keep(
  method: string,
  url: string,
  sent: { type: string | undefined; body: Buffer },
  got: { status: number; body: Buffer },
): void {
  const json = parsed(got.body);
  const isJson = sent.type?.startsWith("application/json") && url.includes("/mlflow/");
  const body = isJson ? parsed(sent.body) : undefined;
  if (json !== undefined) nameIds(json, "");
  exchanges.push({
    method,
    target: named(url),
    ...(body !== undefined && { body: tidied(body) }),
    ...(body === undefined && method === "PUT" && { bytes: sent.body.length }),
    status: got.status,
    ...(json !== undefined && { answer: tidied(json) }),
  });
}

function parsed(body: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function nameIds(value: unknown, key: string): void {
  if (typeof value === "string") {
    const kind = /^m-[0-9a-f]{32}$/.test(value) ? "model" : /^[0-9a-f]{32}$/.test(value) ? "run" : undefined;
    const made = kind ?? (key === "experiment_id" && value !== "0" ? "experiment" : undefined);
    if (made !== undefined && !names.has(value)) names.set(value, `<${made}-${names.size + 1}>`);
    if (key === "next_page_token" && !names.has(value)) names.set(value, `<token-${names.size + 1}>`);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [inner, one] of Object.entries(value)) nameIds(one, inner);
}

const named = (text: string): string => {
  let changed = text;
  for (const [id, placeholder] of names) {
    if (id.length > 19)
      changed = changed.replaceAll(id, placeholder).replaceAll(encodeURIComponent(id), placeholder);
    else {
      changed = changed
        .replaceAll(new RegExp(`(experiment_id=|artifacts/)${id}(?=[&/]|$)`, "g"), `$1${placeholder}`)
        .replaceAll(`mlflow-artifacts:/${id}/`, `mlflow-artifacts:/${placeholder}/`)
        .replaceAll(`path=${id}%2F`, `path=${placeholder}%2F`);
    }
  }
  return changed;
};

/** Ids by name; what a machine or a moment puts in, as if it had been another's. */
function tidied(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => tidied(one, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, tidied(one, inner)]));
  }
  if (typeof value === "number" && value > timesFrom) return timeOf(value);
  if (typeof value !== "string") return value;
  if (names.has(value) && (value.length > 19 || key.startsWith("experiment_id"))) return names.get(value);
  if (/^\d{13}$/.test(value) && Number(value) > timesFrom) return String(timeOf(Number(value)));
  if (key === "message") return "told";
  return named(value)
    .replaceAll(folder, "/work")
    .replaceAll(/\/[\w./-]*typical\.py/g, "typical.py")
    .slice(0, 2000);
}

/** Of the script's own invention are only earlier times. */
const timesFrom = 1_750_000_000_000;
let firstTime: number | undefined;
/** Each as long after the first as it was, so that what is sorted by time stays so. */
function timeOf(at: number): number {
  firstTime ??= at;
  return 1_760_000_000_000 + (at - firstTime);
}

const folder = mkdtempSync(join(tmpdir(), "trainyard-record-"));
const proxy = createServer((incoming, outgoing) => {
  pass(incoming, outgoing).catch((error: unknown) => {
    console.error(error);
    outgoing.destroy();
  });
});
await once(proxy.listen(0, "127.0.0.1"), "listening");
// From a folder of its own: in the repository the client would tell its commit.
copyFileSync(join(import.meta.dirname, "typical.py"), join(folder, "typical.py"));
const script = spawn(python, ["typical.py"], {
  cwd: folder,
  stdio: "inherit",
  env: {
    ...process.env,
    MLFLOW_TRACKING_URI: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    MLFLOW_DISABLE_TELEMETRY: "true",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
    LOGNAME: "someone",
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
  },
});
const [code] = (await once(script, "exit")) as [number];
proxy.closeAllConnections();
proxy.close();
rmSync(folder, { recursive: true, force: true });
if (code !== 0) throw new Error(`typical.py ended with ${code}`);
const recordings = join(import.meta.dirname, "recordings");
mkdirSync(recordings, { recursive: true });
const lines = exchanges.map((exchange) => JSON.stringify(exchange));
writeFileSync(join(recordings, `${name}.json`), `[\n${lines.join(",\n")}\n]\n`);
console.log(`${exchanges.length} exchanges recorded`);
