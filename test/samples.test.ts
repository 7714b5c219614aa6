// Small jobs of 2021's shape, each submitted by its own shell script through the `az` of `trainyard az install`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { missComponent, requireProgram } from "./support/require-component.ts";

const execute = promisify(execFile);
const samples = new URL("samples", import.meta.url).pathname;

describe("samples of 2021's shape", () => {
  let home: TestHome;
  let web: Server;
  let environment: NodeJS.ProcessEnv;

  const az = (script: string) =>
    execute("bash", ["-eu", "-o", "pipefail", "-c", script], {
      cwd: home.work,
      env: environment,
      maxBuffer: 16 << 20,
    });
  /** Runs a sample's own script; what the script and its jobs printed. */
  const runSample = async (name: string) => (await az(`. ./${name}/run.sh`)).stdout;

  before(async () => {
    home = await openTestHome();
    await cp(samples, home.work, { recursive: true });
    const bin = join(home.folder, "bin");
    assert.equal((await home.run("az", "install", "--dir", bin)).code, 0);
    web = createServer((_, response) => response.end(flowers())).listen(0, "127.0.0.1");
    await new Promise((resolve) => web.once("listening", resolve));
    environment = {
      ...process.env,
      TRAINYARD_HOME: home.folder,
      TRAINYARD_PORT: "0",
      PATH: `${bin}:${process.env["PATH"]}`,
      TABLE: `http://127.0.0.1:${(web.address() as AddressInfo).port}/iris.csv`,
    };
    await az(`
      az ml compute create -n cpu-cluster --type AmlCompute --min-instances 0 --max-instances 4
      az ml compute create -n gpu-cluster --type amlcompute --min-instances 0 --max-instances 1 --size Standard_NC12
    `);
  });
  after(async () => {
    web.close();
    await home[Symbol.asyncDispose]();
  });

  it("hello: three keys, streamed", async () => {
    const printed = await runSample("hello");
    assert.match(printed, /^RunId: \S+\nWeb View: http/);
    assert.match(printed, /Streaming azureml-logs\/70_driver_log\.txt\n=+\n\nthree keys are enough\n/);
    assert.match(printed, /Execution Summary\n=+\nRunId: /);
  });

  it("variables: environment_variables reach the shell; the script asks for the status", async () => {
    const printed = await runSample("variables");
    assert.match(printed, /^good morning, \{not\.a\.placeholder\}$/m);
    assert.match(printed, /Completed\nJob completed\n$/);
  });

  it("shell: quotes, pipes, variables and many lines arrive as they are written", async () => {
    const printed = await runSample("shell");
    assert.match(printed, /^quotes 'in' quotes\napple fig pear \nfields 3\nlast of 4\n/m);
    assert.doesNotMatch(printed, /^never$/m);
    assert.match(printed, /^shell-sample +shell-sample +Completed$/m);
  });

  it("corpus: a folder as a copy of the job's own, and a model in outputs", async () => {
    const printed = await runSample("corpus");
    assert.match(printed, /^37 pairs; most often th$/m);
    assert.match(printed, /model is here\n$/);
  });

  it("assets: data, environment and model by name and version", async () => {
    const printed = await runSample("assets");
    assert.match(printed, /"name": "sample-numbers"/);
    assert.match(printed, /"name": "sample-plain"/);
    assert.match(printed, /sample-sum\n1\n12\nyes\n1\n$/);
  });

  it("the registry answers where clients of MLflow 1 look for it", async () => {
    const token = (await readFile(join(home.folder, "token"), "utf8")).trim();
    const { url } = await home.server();
    const answer = await fetch(`${url}/api/2.0/preview/mlflow/registered-models/create`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "old-client" }),
    });
    assert.equal(answer.status, 200);
    const { stdout } = await az(`az ml workspace show --query mlflow_tracking_uri -o tsv`);
    assert.equal(stdout.trim(), url);
  });

  it("iris-bash: a shell script in a curated environment, its log downloaded", async (t) => {
    if (!canInstall(t)) return;
    const printed = await runSample("iris-bash");
    assert.match(printed, /^from a shell script\n\{'setosa': 2, 'versicolor': 1\}$/m);
    assert.match(printed, /\{'setosa': 2, 'versicolor': 1\}\n$/, "and from the downloaded log");
  });

  it("iris: a conda file of 2021, a table by its address, metrics by MLflow", async (t) => {
    if (!canInstall(t)) return;
    const printed = await runSample("iris");
    assert.equal(printed.match(/^60 rows, 3 kinds, 36 trees$/gm)?.length, 2, printed);
    assert.match(printed, /status Completed\n/);
    const loss = Number(/loss (\S+)\n$/.exec(printed)?.[1]);
    assert.ok(loss > 0 && loss < Math.log(3), `${loss} is better than guessing`);
  });

  it("tracking: MLflow's functions and its client inside a job", async (t) => {
    if (!canInstall(t)) return;
    const printed = await runSample("tracking");
    assert.match(printed, /^read back 16\.0 10$/m);
    assert.deepEqual(JSON.parse(/^\[[^\]]*\]$/m.exec(printed)?.[0] ?? "null"), [16, "walk"]);
    assert.match(printed, /step\n4\nmade here/);
  });
});

/** Environments come from the package index; uv makes them in seconds. */
function canInstall(t: TestContext): boolean {
  if (process.env["PIP_NO_INDEX"] === undefined) return requireProgram(t, "uv") !== undefined;
  missComponent(t, "pip", "PIP_NO_INDEX is set");
  return false;
}

/** Three kinds that their measures tell apart. */
function flowers(): string {
  const rows = Array.from({ length: 60 }, (_, at) => {
    const kind = at % 3;
    return `${(5 + kind + (at % 7) / 10).toFixed(1)},${(3 + kind - (at % 5) / 10).toFixed(1)},${["setosa", "versicolor", "virginica"][kind]}`;
  });
  return ["length,width,species", ...rows].join("\n");
}
