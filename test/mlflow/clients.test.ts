// MLflow's own clients, as released, against the server: the newest of both major versions.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "../support/home.ts";
import { pythonWithMlflow } from "../support/mlflow-python.ts";
import { startTestServer } from "../support/test-server.ts";

const execute = promisify(execFile);
const scripts = import.meta.dirname;

// Each version has a server of its own, and mostly waits for its imports.
describe("MLflow's own clients", { concurrency: true }, () => {
  for (const major of [3, 2]) {
    describe(`The newest mlflow ${major}`, { concurrency: false }, () => {
      for (const asBasic of [false, true]) {
        it(`tracks experiments, runs, metrics, files and models, its token ${asBasic ? "as a password" : "as a bearer"}`, async (t) => {
          const python = await pythonWithMlflow(t, major);
          if (python === undefined) return;
          await using server = await startTestServer();
          const proof = asBasic
            ? { MLFLOW_TRACKING_USERNAME: "anyone", MLFLOW_TRACKING_PASSWORD: server.token }
            : { MLFLOW_TRACKING_TOKEN: server.token };

          const { stdout } = await execute(python, [join(scripts, "walk.py")], {
            env: {
              ...process.env,
              ...proof,
              MLFLOW_TRACKING_URI: server.url,
              MLFLOW_DISABLE_TELEMETRY: "true",
              // A retry would hide an answer that it should not have got.
              MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
            },
          });

          const done = stdout.split("\n").filter((line) => line.startsWith("done ")).length;
          assert.equal(done, 7, stdout);
        });
      }

      it("logs in a job to the job's own run, and the platform says how it ended", async (t) => {
        const python = await pythonWithMlflow(t, major);
        if (python === undefined) return;
        await using home = await openTestHome();
        await home.file("src/train.py", await readFile(join(scripts, "train.py"), "utf8"));
        await home.file(
          "job.yml",
          [
            "code:",
            "  local_path: src",
            `command: ${python} train.py`,
            "environment:",
            "  docker:",
            "    image: docker.io/library/python:3.12-slim",
            "compute:",
            "  target: local",
          ].join("\n"),
        );

        const created = await home.run("job", "create", "-f", "job.yml", "-n", "auto", "--stream");

        const { url } = JSON.parse(await readFile(join(home.folder, "server.json"), "utf8")) as {
          url: string;
        };
        const token = (await readFile(join(home.folder, "token"), "utf8")).trim();
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(`${url}/api/2.0/mlflow/runs/get?run_id=auto`, { headers });
        const { run } = (await response.json()) as {
          run: { info: { status: string }; data: { params?: { key: string; value: string }[] } };
        };
        assert.equal(run.info.status, "FAILED", created.stdout + created.stderr);
        assert.equal(run.data.params?.find(({ key }) => key === "C")?.value, "0.5");
      });
    });
  }
});
