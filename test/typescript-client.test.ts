// The client for scripts in TypeScript, as its documentation shows it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "./support/home.ts";
import { requireProgram } from "./support/require-component.ts";

test("A script submits jobs, follows them and compares what they logged", async (t) => {
  if (requireProgram(t, "python3") === undefined) return;
  await using home = await openTestHome();
  const example = join(import.meta.dirname, "..", "examples", "typescript-client", "compare.ts");

  // The condition stands for the compiled release, which a checkout has not got.
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=source", example], {
    env: { ...process.env, TRAINYARD_HOME: home.folder, TRAINYARD_PORT: "0" },
  });

  assert.equal(stdout, "best: lr 0.1 with a loss of 0.0000\n");
});
