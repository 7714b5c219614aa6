import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aWorkOrder } from "../fake-server.fixture.ts";
import { jobVariables } from "./variables.ts";
import type { VariableFacts } from "./variables.ts";

const facts = (change: Partial<VariableFacts> = {}): VariableFacts => ({
  order: aWorkOrder("true"),
  hostVariables: { PATH: "/usr/bin" },
  binFolders: [],
  environmentVariables: {},
  environmentFolder: "",
  pythonClient: "/product/python/src",
  serverUrl: "http://127.0.0.1:7171",
  runFolder: "/attempt/run",
  workFolder: "/attempt/work",
  inputs: {},
  outputs: {},
  parameters: {},
  ...change,
});

describe("a job's variables", () => {
  it("leave the agent's secrets behind and keep what programs need of the machine", () => {
    const hostVariables = {
      PATH: "/usr/bin",
      HOME: "/home/ada",
      LC_ALL: "C.UTF-8",
      https_proxy: "http://proxy:3128",
      CUDA_VISIBLE_DEVICES: "0,1",
      PIP_INDEX_URL: "https://index.example/simple",
      TRAINYARD_TOKEN: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      NODE_OPTIONS: "--inspect",
      PYTHONHOME: "/elsewhere",
    };

    const variables = jobVariables(facts({ hostVariables }));

    assert.deepEqual(
      Object.keys(hostVariables).filter((name) => name in variables),
      ["PATH", "HOME", "LC_ALL", "https_proxy", "CUDA_VISIBLE_DEVICES", "PIP_INDEX_URL"],
    );
    assert.equal(Object.values(variables).includes("secret"), false);
  });

  it("say which run it is, where its server is and what proves it", () => {
    const order = aWorkOrder("true");
    const variables = jobVariables(facts({ order }));

    assert.equal(variables["AZUREML_RUN_ID"], order.run);
    assert.equal(variables["AZUREML_EXPERIMENT_NAME"], "mnist");
    assert.equal(variables["AZUREML_ARM_PROJECT_NAME"], "mnist");
    assert.equal(variables["AZUREML_DATA_CONTAINER_ID"], `dcid.${order.run}`);
    assert.equal(variables["AZUREML_RUN_TOKEN"], "job-token");
    assert.equal(variables["AZUREML_RUN_TOKEN_EXPIRY"], "4000000000");
    assert.equal(variables["TRAINYARD_URL"], "http://127.0.0.1:7171");
    assert.equal(variables["TRAINYARD_RUN_FOLDER"], "/attempt/run");
  });

  it("let the user's values win, except over who the run is", () => {
    const order = aWorkOrder("true", {
      environmentVariables: {
        PYTHONUNBUFFERED: "0",
        LANG: "de_DE.UTF-8",
        AZUREML_RUN_ID: "another",
        AZUREML_RUN_TOKEN: "forged",
      },
    });

    const variables = jobVariables(
      facts({ order, environmentVariables: { LANG: "C", OF_IMAGE: "1" }, hostVariables: { LANG: "en" } }),
    );

    assert.equal(variables["PYTHONUNBUFFERED"], "0");
    assert.equal(variables["LANG"], "de_DE.UTF-8");
    assert.equal(variables["OF_IMAGE"], "1");
    assert.equal(variables["AZUREML_RUN_ID"], order.run);
    assert.equal(variables["AZUREML_RUN_TOKEN"], "job-token");
  });

  it("put the environment's programs and our Python client first, and keep the user's own after them", () => {
    const order = aWorkOrder("true", { environmentVariables: { PYTHONPATH: "src:lib" } });

    const variables = jobVariables(facts({ order, binFolders: ["/env/bin"] }));

    assert.equal(variables["PATH"], "/env/bin:/usr/bin");
    assert.equal(variables["PYTHONPATH"], "/product/python/src:src:lib");
  });

  it("hold each input and output under the names that scripts look for", () => {
    const order = aWorkOrder("true", {
      inputs: {
        rate: { kind: "literal", value: 0.1 },
        table: { kind: "data", mode: "mount", source: { kind: "uri", uri: "https://example.com/t.csv" } },
      },
    });

    const variables = jobVariables(
      facts({ order, inputs: { rate: "0.1", table: "/in/t.csv" }, outputs: { model: "/out/model" } }),
    );

    assert.equal(variables["AZUREML_PARAMETER_rate"], "0.1");
    assert.equal(variables["AZURE_ML_INPUT_table"], "/in/t.csv");
    assert.equal(variables["AZUREML_DATAREFERENCE_table"], "/in/t.csv");
    assert.equal(variables["AZURE_ML_OUTPUT_model"], "/out/model");
  });

  it("lead MLflow's client to the job's own run", () => {
    const order = aWorkOrder("true", { environmentVariables: { MLFLOW_RUN_ID: "another" } });
    const variables = jobVariables(facts({ order }));

    assert.equal(variables["MLFLOW_TRACKING_URI"], "http://127.0.0.1:7171");
    assert.equal(variables["MLFLOW_TRACKING_TOKEN"], "job-token");
    assert.equal(variables["MLFLOW_RUN_ID"], order.run);
    assert.equal(variables["MLFLOW_EXPERIMENT_ID"], order.experiment.id);
    assert.equal(variables["MLFLOW_EXPERIMENT_NAME"], order.experiment.name);
  });
});
