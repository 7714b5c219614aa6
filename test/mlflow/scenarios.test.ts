// MLflow's clients as their users use them: whole scenarios and autologging, beside the platform and inside its jobs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";
import { pythonWithMlflow } from "../support/mlflow-python.ts";
import { makeTempFolder } from "../support/temp-folder.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

const execute = promisify(execFile);
const scripts = import.meta.dirname;
const frameworks = ["torch==2.13.0", "lightning", "keras"];

const variables = {
  MLFLOW_DISABLE_TELEMETRY: "true",
  // A retry would hide an answer that it should not have got.
  MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
  // The client finds a model's packages by loading it in a process of its own, which is not what is tried here.
  MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT: "1",
};

const variablesFor = ({ url, token }: TestServer) => ({
  ...process.env,
  ...variables,
  MLFLOW_TRACKING_URI: url,
  MLFLOW_TRACKING_TOKEN: token,
});

/** What each framework's autologging leaves in its run; the same with every version of the client. */
const expected: Record<string, { params: Record<string, string>; metric: string; file: string }> = {
  // The first, since MLflow cannot patch a Lightning that is imported after autologging was turned on.
  lightning: { params: { epochs: "3" }, metric: "train_loss", file: "model_summary.txt" },
  sklearn: { params: { C: "0.5" }, metric: "training_accuracy_score", file: "training_confusion_matrix.png" },
  grid: { params: { cv: "2" }, metric: "best_cv_score", file: "cv_results.csv" },
  lightgbm: {
    params: { num_boost_round: "12" },
    metric: "training-binary_logloss",
    file: "feature_importance_gain.png",
  },
  xgboost: {
    params: { num_boost_round: "12" },
    metric: "train-logloss",
    file: "feature_importance_weight.json",
  },
  keras: { params: { epochs: "3", batch_size: "20" }, metric: "loss", file: "model_summary.txt" },
};

interface ShownRun {
  info: { run_id: string; experiment_id: string; status: string };
  data: { params?: { key: string; value: string }[]; metrics?: { key: string; value: number }[] };
  outputs?: { model_outputs?: { model_id: string }[] };
}

type Ask = <Answer>(path: string, body?: object) => Promise<Answer>;

function askOf(url: string, token: string): Ask {
  return async <Answer>(path: string, body?: object) => {
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Answer;
  };
}

async function checkRun(ask: Ask, name: string, id: string, major: number, status: string): Promise<void> {
  const wanted = expected[name];
  assert.ok(wanted, name);
  const { run } = await ask<{ run: ShownRun }>(`runs/get?run_id=${id}`);
  const params = Object.fromEntries((run.data.params ?? []).map(({ key, value }) => [key, value]));
  const metrics = (run.data.metrics ?? []).map(({ key }) => key);
  const { files } = await ask<{ files?: { path: string }[] }>(`artifacts/list?run_id=${id}`);
  const names = (files ?? []).map(({ path }) => path);

  assert.equal(run.info.status, status, name);
  for (const [key, value] of Object.entries(wanted.params)) assert.equal(params[key], value, name);
  assert.ok(metrics.includes(wanted.metric), `${name}: ${metrics.join(", ")}`);
  assert.ok(names.includes(wanted.file), `${name}: ${names.join(", ")}`);
  // Models are files of the run in version 2 and things of their own in version 3.
  if (major === 2) assert.ok(names.includes("model"), `${name}: ${names.join(", ")}`);
  else assert.notEqual(run.outputs?.model_outputs?.length ?? 0, 0, name);
  if (name === "grid") {
    const search = { experiment_ids: [run.info.experiment_id], filter: `tags.mlflow.parentRunId = '${id}'` };
    const { runs } = await ask<{ runs?: ShownRun[] }>("runs/search", search);
    assert.deepEqual(
      runs?.map((child) => child.data.params?.find(({ key }) => key === "C")?.value).toSorted(),
      ["0.1", "1.0", "10.0"],
    );
  }
}

/** `run sklearn <id>` is printed by the script for each of its runs. */
const runsIn = (stdout: string) =>
  [...stdout.matchAll(/^run (\w+) (\S+)$/gm)].map(([, name, id]) => ({ name: name ?? "", id: id ?? "" }));

async function submit(home: TestHome, python: string, name: string, ending: string): Promise<void> {
  await home.file("src/autolog.py", await readFile(join(scripts, "autolog.py"), "utf8"));
  const file = await home.file(
    `${name}.yml`,
    [
      "code: {local_path: src}",
      `command: ${python} autolog.py ${name} ${ending}`,
      "environment: {docker: {image: python}}",
      "compute: {target: local}",
      `environment_variables: ${JSON.stringify(variables)}`,
    ].join("\n"),
  );
  const created = await home.run("job", "create", "-f", file, "-n", name);
  assert.equal(created.code, 0, created.stderr);
}

/** Follows the job's log until it says that the framework is done, and cancels the job then. */
async function cancelWhenTrained(home: TestHome, name: string): Promise<void> {
  const stream = home.start("job", "stream", "-n", name);
  const ended = once(stream, "exit");
  assert.ok(stream.stdout);
  for await (const line of createInterface({ input: stream.stdout })) {
    if (!line.startsWith(`run ${name} `)) continue;
    const canceled = await home.run("job", "cancel", "-n", name);
    assert.equal(canceled.code, 0, canceled.stderr);
  }
  await ended;
}

// Each version has a server of its own, and mostly waits for its imports.
describe("MLflow as its users use it", { concurrency: true }, () => {
  for (const major of [3, 2]) {
    describe(`mlflow ${major}`, { concurrency: false }, () => {
      it("walks nested, parallel, asynchronous and resumed runs, files, data sets, models and evaluation", async (t) => {
        const python = await pythonWithMlflow(t, major);
        if (python === undefined) return;
        await using server = await startTestServer();
        await using folder = await makeTempFolder();

        const { stdout } = await execute(python, [join(scripts, "scenarios.py")], {
          cwd: folder.path,
          env: variablesFor(server),
        });

        assert.match(stdout, /^all done$/m);
      });

      it("logs by itself what scikit-learn, LightGBM, XGBoost, Lightning and Keras train", async (t) => {
        const python = await pythonWithMlflow(t, major, frameworks);
        if (python === undefined) return;
        await using server = await startTestServer();
        await using folder = await makeTempFolder();

        const names = Object.keys(expected);
        const { stdout } = await execute(python, [join(scripts, "autolog.py"), names.join(",")], {
          cwd: folder.path,
          env: variablesFor(server),
        });

        const ask = askOf(server.url, server.token);
        const runs = runsIn(stdout);
        assert.deepEqual(
          runs.map(({ name }) => name),
          names,
        );
        assert.equal(new Set(runs.map(({ id }) => id)).size, names.length);
        for (const { name, id } of runs) await checkRun(ask, name, id, major, "FINISHED");
      });

      it("logs by itself in jobs to the jobs' own runs, which end as the platform says", async (t) => {
        const python = await pythonWithMlflow(t, major, frameworks);
        if (python === undefined) return;
        await using home = await openTestHome();
        const endings: Record<string, { ending: string; status: string }> = {
          sklearn: { ending: "0", status: "FINISHED" },
          grid: { ending: "1", status: "FAILED" },
          lightgbm: { ending: "0", status: "FINISHED" },
          xgboost: { ending: "3", status: "FAILED" },
          lightning: { ending: "0", status: "FINISHED" },
          keras: { ending: "wait", status: "KILLED" },
        };

        for (const [name, { ending }] of Object.entries(endings)) await submit(home, python, name, ending);
        await cancelWhenTrained(home, "keras");

        const ask = askOf(
          (await home.server()).url,
          (await readFile(join(home.folder, "token"), "utf8")).trim(),
        );
        for (const [name, { status }] of Object.entries(endings)) {
          const log = await home.run("job", "stream", "-n", name);
          assert.match(log.stdout, new RegExp(`^run ${name} ${name}$`, "m"), log.stdout + log.stderr);
          await checkRun(ask, name, name, major, status);
        }
      });
    });
  }
});
