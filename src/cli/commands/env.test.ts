import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestHome } from "../../../test/support/home.ts";

test("env prints what leads MLflow's clients here, for a shell and for a notebook", async () => {
  await using home = await openTestHome();

  const shell = await home.run("env");
  const notebook = await home.run("env", "--for", "notebook");

  const { url } = await home.server();
  assert.equal(shell.code, 0, shell.stderr);
  assert.match(
    shell.stdout,
    /^export MLFLOW_TRACKING_URI='http:[^']+'\nexport MLFLOW_TRACKING_TOKEN='ty_[\w-]+'\n$/,
  );
  assert.match(notebook.stdout, /^%env MLFLOW_TRACKING_URI=http:\S+\n%env MLFLOW_TRACKING_TOKEN=ty_\S+\n$/);
  assert.ok(shell.stdout.includes(url));
});
