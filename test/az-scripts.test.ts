// The shell snippets of the 2021 samples, through the `az` that `trainyard az install` writes.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

const execute = promisify(execFile);

describe("scripts written for az ml", () => {
  let home: TestHome;
  let script: (text: string) => Promise<{ stdout: string; stderr: string }>;

  before(async () => {
    home = await openTestHome();
    const bin = join(home.work, "bin");
    assert.equal((await home.run("az", "install", "--dir", bin)).code, 0);
    const environment = {
      ...process.env,
      TRAINYARD_HOME: home.folder,
      TRAINYARD_PORT: "0",
      PATH: `${bin}:${process.env["PATH"]}`,
    };
    script = (text) => execute("bash", ["-eu", "-c", text], { cwd: home.work, env: environment });
    await home.file(
      "jobs/src/train.py",
      "import os\nos.makedirs('outputs/model')\nopen('outputs/model/m', 'w').write('1')\n",
    );
    await home.file(
      "jobs/job.yml",
      [
        "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json",
        "code:",
        "  local_path: src",
        "command: >-",
        "  python train.py",
        "environment:",
        "  docker:",
        "    image: docker.io/library/python:3.8",
        "compute:",
        "  target: azureml:cpu-cluster",
      ].join("\n"),
    );
  });
  after(() => home[Symbol.asyncDispose]());

  it("sets up what an extension, a login and defaults would need, without doing anything", async () => {
    await script(`
      az extension remove -n azure-cli-ml || true
      az extension add -n ml -y
      az extension update -n ml
      az extension list > /dev/null
      az login
      az account set -s "some subscription"
      az account show > /dev/null
      az group create -n group -l westeurope > /dev/null
      az configure --defaults group=group workspace=main location=westeurope
      az version > /dev/null
      az --version > /dev/null
      az provider register --namespace Microsoft.MachineLearningServices
      az config set defaults.location=northeurope
    `);
    const { stdout } = await script(`
      az group show --query name -o tsv
      az group show --query location | tr -d '\\r"'
      az configure -l --query "[?name=='workspace'].value" -o tsv
      az config get defaults.location --query value -o tsv
    `);
    assert.equal(stdout, "group\nnortheurope\nmain\nnortheurope\n");
  });

  it("says in a sentence what has no counterpart, and ends with 1", async () => {
    for (const [line, said] of [
      ["az ml endpoint create -n e -f endpoint.yml", /endpoint is not supported: .+does not serve/],
      ["az ml online-deployment show --name blue", /online-deployment is not supported/],
      ["az ml compute start -n mine", /there are no compute instances/],
      ["az storage account list --query '[*].[name]' -o tsv", /az storage manages a service of Azure/],
      ["az account get-access-token --query accessToken -o tsv", /nothing here talks to Azure/],
    ] as const) {
      await assert.rejects(script(line), (error: { code?: number; stderr?: string; stdout?: string }) => {
        assert.equal(error.code, 1, line);
        assert.equal(error.stdout, "", line);
        assert.match(error.stderr ?? "", said);
        return true;
      });
    }
  });

  it("creates clusters", async () => {
    await script(`
      az ml compute create -n cpu-cluster --type amlcompute --min-instances 0 --max-instances 10
      az ml compute create -n gpu-cluster --type amlcompute --min-instances 0 --max-instances 4 --size Standard_NC12
    `);
    const { stdout } = await script(`az ml compute show -n cpu-cluster --query max_instances -o tsv`);
    assert.equal(stdout, "10\n");
  });

  it("captures a run's bare name, waits for its end and downloads it", async () => {
    const { stdout } = await script(`
      run_id=$(az ml job create -f jobs/job.yml --query name -o tsv)
      echo "captured [$run_id]"
      az ml job show -n $run_id --web > /dev/null
      az ml job stream -n $run_id > /dev/null
      status=$(az ml job show -n $run_id --query status -o tsv)
      echo "status [$status]"
      az ml job download -n $run_id --outputs
      test -f $run_id/outputs/model/m
    `);
    assert.match(stdout, /captured \[\S+\]/);
    assert.match(stdout, /status \[Completed\]/);
  });

  it("overrides the compute and streams", async () => {
    const { stdout } = await script(
      `az ml job create -f jobs/job.yml --set compute.target=local --web --stream`,
    );
    assert.match(stdout, /Streaming azureml-logs\/65_job_prep/);
    assert.match(stdout, /Execution Summary/);
  });

  it("tells the workspace and its tracking address", async () => {
    const { stdout } = await script(`
      az ml workspace create > /dev/null || true
      az ml workspace show -n main --query name -o tsv > /dev/null
      AZUREML_MLFLOW_URI=$(az ml workspace show --query mlflow_tracking_uri -o tsv)
      echo "$AZUREML_MLFLOW_URI"
    `);
    assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+$/m);
  });

  it("answers a missing job with exit code 3 and a bad flag with 2", async () => {
    await assert.rejects(script("az ml job show -n there-is-none"), { code: 3 });
    await assert.rejects(script("az ml job show --there-is-none"), { code: 2 });
  });
});
