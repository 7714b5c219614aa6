// One store: what MLflow's client and azureml.core log in a job is one run, for every reader; and the example.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { openTestHome } from "../support/home.ts";
import { pythonWithMlflow } from "../support/mlflow-python.ts";
import { requireProgram } from "../support/require-component.ts";

interface Shown {
  run: { info: { status: string }; data: { metrics?: { key: string; value: number }[] } };
}

async function shownRun(home: Awaited<ReturnType<typeof openTestHome>>, id: string): Promise<Shown["run"]> {
  const token = (await readFile(join(home.folder, "token"), "utf8")).trim();
  const address = `${(await home.server()).url}/api/2.0/mlflow/runs/get?run_id=${id}`;
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  return ((await response.json()) as Shown).run;
}

const namesOf = ({ data }: Shown["run"]) => (data.metrics ?? []).map(({ key }) => key).toSorted();

it("keeps what both clients log in a job in one run, seen by the command line, the API and MLflow", async (t) => {
  const python = await pythonWithMlflow(t, 3);
  if (python === undefined) return;
  await using home = await openTestHome();
  await home.file("src/both.py", await readFile(join(import.meta.dirname, "both.py"), "utf8"));
  const file = await home.file(
    "job.yml",
    `code: {local_path: src}\ncommand: ${python} both.py\nenvironment: {docker: {image: python}}\ncompute: {target: local}\n`,
  );

  const created = await home.run("job", "create", "-f", file, "-n", "both", "--stream");

  assert.equal(created.code, 0, created.stdout + created.stderr);
  assert.deepEqual(namesOf(await shownRun(home, "both")), ["by_azureml", "by_mlflow"]);
  const client = await home.client();
  const { metrics } = await client.getRun({ params: { run: "both" } });
  assert.deepEqual(metrics.map(({ name }) => name).toSorted(), ["by_azureml", "by_mlflow"]);
  const shown = JSON.parse((await home.run("job", "show", "-n", "both")).stdout) as { tags: object };
  assert.deepEqual(shown.tags, { team: "yard" });
  const downloaded = await home.run("job", "download", "-n", "both", "-p", "down", "--outputs");
  assert.equal(downloaded.code, 0, downloaded.stderr);
  for (const which of ["mlflow", "azureml"]) {
    const path = join(home.work, "down", "both", "notes", `${which}.txt`);
    assert.equal(await readFile(path, "utf8"), `from ${which}`);
  }
});

it("runs the example that only calls autolog", async (t) => {
  if (requireProgram(t, "uv") === undefined) return;
  await using home = await openTestHome();
  const file = join(import.meta.dirname, "..", "..", "examples", "mlflow-autolog", "job.yml");

  const created = await home.run("job", "create", "-f", file, "-n", "digits", "--stream");

  assert.match(created.stdout, /^best: C=/m, created.stdout + created.stderr);
  const run = await shownRun(home, "digits");
  assert.equal(run.info.status, "FINISHED");
  assert.ok(namesOf(run).includes("best_cv_score"));
});
