// A Python with MLflow's own client as released, for the tests that try it against the server.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { takeLock } from "../../src/store/lock.ts";
import { missComponent } from "./require-component.ts";

const execute = promisify(execFile);
const packages = ["numpy", "pandas", "scikit-learn"];

/** A Python with that client, made once and kept between runs of the tests; undefined when it cannot be had. */
export async function pythonWithMlflow(t: TestContext, major: number): Promise<string | undefined> {
  const folder = join(tmpdir(), `trainyard-test-mlflow-${major}`);
  const python = join(folder, "bin", "python");
  // Two test files may want it at once: one makes it, the other waits.
  using _lock = await lockOf(`${folder}.lock`);
  if (existsSync(join(folder, "ready"))) return python;
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await execute("python3", ["-m", "venv", folder]);
    const wanted = [`mlflow-skinny>=${major},<${major + 1}`, ...packages];
    await execute(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...wanted]);
    await writeFile(join(folder, "ready.new"), "");
    await rename(join(folder, "ready.new"), join(folder, "ready"));
    return python;
  } catch (error) {
    missComponent(
      t,
      "mlflow",
      `mlflow ${major} could not be installed: ${(error as Error).message.slice(0, 300)}`,
    );
    return undefined;
  }
}

async function lockOf(file: string): Promise<Disposable> {
  for (;;) {
    const release = takeLock(file);
    if (release) return { [Symbol.dispose]: release };
    await setTimeout(100);
  }
}
