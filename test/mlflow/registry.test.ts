// MLflow's own clients against the registry, and the same models by the platform's own commands and jobs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";
import { pythonWithMlflow } from "../support/mlflow-python.ts";

const execute = promisify(execFile);
const scripts = import.meta.dirname;

interface Shown {
  version: string;
  type: string;
  labels: string[];
  stage?: string;
  description?: string;
  tags: Record<string, string>;
  lineage?: { made_by: { job_name: string; code?: string } | null; used_by: { job_name: string }[] };
}

const environment = "environment: {image: docker.io/library/python:3.12-slim}";

const openWorld = (home: TestHome) => {
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.run(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  };
  return {
    ok,
    show: async (...args: string[]): Promise<Shown> =>
      JSON.parse(await ok("model", "show", ...args)) as Shown,
  };
};

// Each version has a server of its own, and mostly waits for its imports.
describe("MLflow's registry", { concurrency: true }, () => {
  for (const major of [3, 2]) {
    describe(`The registry and the newest mlflow ${major}`, { concurrency: false }, () => {
      it("are one: what either registers is found, loaded and used by the other's name", async (t) => {
        const python = await pythonWithMlflow(t, major);
        if (python === undefined) return;
        await using home = await openTestHome();
        const { ok, show } = openWorld(home);
        await home.file("weights/part.bin", "of others");
        await home.file("src/train.py", await readFile(join(scripts, "register.py"), "utf8"));
        await home.file(
          "train.yml",
          ["code: src", `command: ${python} -W ignore train.py`, environment, "compute: local"].join("\n"),
        );

        await ok("model", "create", "-n", "others", "--path", "weights");
        const streamed = await home.run("job", "create", "-f", "train.yml", "-n", "trainer", "--stream");
        const status = await ok("job", "show", "-n", "trainer", "--query", "status", "-o", "tsv");
        assert.equal(status.trim(), "Completed", streamed.stdout + streamed.stderr);

        const inside = await show("-n", "inside", "--label", "challenger", "--lineage");
        assert.equal(inside.type, "mlflow_model");
        assert.deepEqual(inside.tags, { by: "the job" });
        assert.equal(inside.lineage?.made_by?.job_name, "trainer");
        assert.ok(inside.lineage?.made_by?.code);

        await ok("model", "create", "-n", "given", "--path", "runs:/trainer/outputs/kept");
        await ok("model", "update", "-n", "given", "-v", "1", "--add-label", "good");
        const { url } = await home.server();
        const token = (await readFile(join(home.folder, "token"), "utf8")).trim();
        const { stdout } = await execute(python, ["-W", "ignore", join(scripts, "registry.py"), "given"], {
          maxBuffer: 16 << 20,
          env: {
            ...process.env,
            MLFLOW_TRACKING_URI: url,
            MLFLOW_TRACKING_TOKEN: token,
            MLFLOW_DISABLE_TELEMETRY: "true",
            MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
            MLFLOW_LOGGING_LEVEL: "ERROR",
            // A retry would hide an answer that it should not have got.
            MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
          },
        });
        assert.equal(stdout.split("\n").filter((line) => line.startsWith("done ")).length, 9, stdout);

        const listed = JSON.parse(await ok("model", "list", "-n", "iris")) as Shown[];
        assert.deepEqual(
          listed.map(({ version }) => version),
          ["2", "1"],
        );
        const second = await show("-n", "iris", "--label", "champion");
        assert.equal(second.version, "2");
        assert.equal(second.description, "the second");
        assert.equal(second.stage, "Production");
        assert.deepEqual(second.labels.toSorted(), ["Production", "champion", "from", "latest"]);
        await ok("model", "download", "-n", "iris", "-v", "2", "-p", "models");
        assert.match(await readFile(join(home.work, "models/iris/MLmodel"), "utf8"), /python_function/);

        await home.file(
          "read.yml",
          [
            "command: cat ${{inputs.model}}/MLmodel > outputs/copy",
            "inputs: {model: {type: mlflow_model, path: azureml:iris@champion}}",
            environment,
            "compute: local",
          ].join("\n"),
        );
        await ok("job", "create", "-f", "read.yml", "-n", "reader", "--stream");
        await ok("job", "download", "-n", "reader", "--all");
        assert.equal(
          await readFile(join(home.work, "reader/outputs/copy"), "utf8").catch(() =>
            readFile(join(home.work, "artifacts/outputs/copy"), "utf8"),
          ),
          await readFile(join(home.work, "models/iris/MLmodel"), "utf8"),
        );
        const used = await show("-n", "iris", "-v", "2", "--lineage");
        assert.deepEqual(
          used.lineage?.used_by.map(({ job_name }) => job_name),
          ["reader"],
        );
      });
    });
  }
});
