// What MLflow's own tests ask of a server and its clients rely on, where it is easily done otherwise.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

interface Answer {
  error_code?: string;
  message?: string;
  experiment_id: string;
  models: object[];
  next_page_token?: string;
  run: {
    info: { run_id: string; run_name: string };
    data: { tags: { key: string; value: string }[] };
    inputs: { dataset_inputs: { dataset: { name: string } }[] };
    outputs: { model_outputs: { model_id: string }[] };
  };
  model: { info: { model_id: string }; data: { params?: { key: string; value: string }[] } };
}

async function post(path: string, body: object, status = 200): Promise<Answer> {
  const response = await server.fetch(`/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Answer;
  assert.equal(response.status, status, JSON.stringify(answer));
  return answer;
}

async function get(path: string, status = 200): Promise<Answer> {
  const response = await server.fetch(`/api/2.0/mlflow/${path}`);
  assert.equal(response.status, status, path);
  return (await response.json()) as Answer;
}

const createRun = async (): Promise<string> =>
  (await post("runs/create", { experiment_id: "0", run_name: "first name" })).run.info.run_id;

describe("A run", () => {
  it("has its datasets in the order in which they were logged, not in that of their names", async () => {
    const run = await createRun();
    const log = (...names: string[]) =>
      post("runs/log-inputs", {
        run_id: run,
        datasets: names.map((name) => ({
          dataset: { name, digest: "d", source_type: "local", source: "{}" },
        })),
      });
    await log("train", "check");
    await log("again", "train");

    const { dataset_inputs: inputs } = (await get(`runs/get?run_id=${run}`)).run.inputs;
    assert.deepEqual(
      inputs.map(({ dataset }) => dataset.name),
      ["train", "check", "again"],
    );
  });

  it("has its models in the order in which they were logged", async () => {
    const run = await createRun();
    const models: string[] = [];
    for (let step = 0; step < 8; step++) {
      const { model } = await post("logged-models", { experiment_id: "0", source_run_id: run });
      models.push(model.info.model_id);
    }
    await post("runs/outputs", {
      run_id: run,
      models: models.slice(0, 5).map((model_id, step) => ({ model_id, step })),
    });
    await post("runs/outputs", { run_id: run, models: models.slice(5).map((model_id) => ({ model_id })) });

    const { model_outputs: outputs } = (await get(`runs/get?run_id=${run}`)).run.outputs;
    assert.deepEqual(
      outputs.map(({ model_id }) => model_id),
      models,
    );
  });

  it("keeps its name when the tag with it is to be deleted, and says so", async () => {
    const run = await createRun();
    const { error_code: code, message } = await post(
      "runs/delete-tag",
      { run_id: run, key: "mlflow.runName" },
      400,
    );
    assert.equal(code, "INVALID_PARAMETER_VALUE");
    assert.match(message!, /is the name of run .*: set another name/);
    assert.equal((await get(`runs/get?run_id=${run}`)).run.info.run_name, "first name");
  });
});

describe("A param that has another value", () => {
  it("is named with both values, alone and in a batch", async () => {
    const run = await createRun();
    await post("runs/log-parameter", { run_id: run, key: "a", value: "1" });
    const alone = await post("runs/log-parameter", { run_id: run, key: "a", value: "3" }, 400);
    assert.equal(
      alone.message,
      `Changing param values is not allowed. Param with key='a' was already logged with value='1' for run ID='${run}'. Attempted logging new value '3'.`,
    );
    const params = ["a", "b"].map((key) => ({ key, value: "3" }));
    const together = await post("runs/log-batch", { run_id: run, params }, 400);
    assert.match(together.message!, /\[\{'key': 'a', 'old_value': '1', 'new_value': '3'\}\]$/);
  });
});

describe("A logged model", () => {
  it("is on a page of 100 where no number is asked for", async () => {
    const { experiment_id } = await post("experiments/create", { name: "models" });
    const made = Array.from({ length: 101 }, () => post("logged-models", { experiment_id }));
    await Promise.all(made);
    const page = await post("logged-models/search", { experiment_ids: [experiment_id] });
    assert.equal(page.models.length, 100);
    assert.ok(page.next_page_token);
  });

  it("takes a param whose name is longer than a run's may be: autologging sends those of estimators", async () => {
    const key = "k".repeat(251);
    const params = [{ key, value: "v" }];
    const { model } = await post("logged-models", { experiment_id: "0", params });
    assert.deepEqual(model.data.params, params);
    await post("runs/log-parameter", { run_id: await createRun(), key, value: "v" }, 400);
  });
});

describe("A tag that is too long", () => {
  it("is refused with an experiment and a dataset, and cut with a run", async () => {
    const tags = (length: number) => [{ key: "k", value: "v".repeat(length) }];
    const dataset = { name: "d", digest: "d", source_type: "local", source: "{}" };
    const run = await createRun();
    for (const [path, fields] of [
      ["experiments/create", { name: "tagged", tags: tags(5001) }],
      ["runs/log-inputs", { run_id: run, datasets: [{ dataset, tags: tags(501) }] }],
    ] as const) {
      const { message } = await post(path, fields, 400);
      assert.match(message!, /tags\[0\]\.value' supplied: exceeds the maximum length of 5000? characters/);
    }
    await post("runs/log-batch", { run_id: run, tags: tags(8001) });
    const found = (await get(`runs/get?run_id=${run}`)).run.data.tags.find(({ key }) => key === "k");
    assert.equal(found!.value.length, 8000);
  });
});

describe("An experiment that is not there", () => {
  it("is not there under a negative number either: clients create what they are told is missing", async () => {
    const { error_code: code, message } = await get("experiments/get?experiment_id=-1337", 404);
    assert.equal(code, "RESOURCE_DOES_NOT_EXIST");
    assert.match(message!, /No Experiment with id=-1337 exists/);
  });

  it("is no experiment at all when its id is no number", async () => {
    const { error_code: code, message } = await get("experiments/get?experiment_id=mnist", 400);
    assert.equal(code, "INVALID_PARAMETER_VALUE");
    assert.match(message!, /Experiment ID must be a valid integer/);
  });
});
