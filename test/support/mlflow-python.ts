// Pythons with MLflow's own client as released, for the tests that try it against the server.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { takeLock } from "../../src/store/lock.ts";
import { findProgram, missComponent } from "./require-component.ts";

const execute = promisify(execFile);
/** What is in every one of them; xgboost-cpu is xgboost without the libraries of graphics cards. */
const packages = ["psutil", "lightgbm", "xgboost-cpu", "optuna", "optuna-integration"];

interface Wish {
  name: string;
  wanted: readonly string[];
  /** Another Python whose packages are used as they are. */
  base?: string;
}

/**
 * A Python with the newest client of that major version, scikit-learn, pandas and more, and the extra packages
 * (`torch==2.13.0`, …) on top. Made once and kept between runs of the tests; undefined when it cannot be had. The
 * component that is missing then is `mlflow`, or with extra packages the first one's name.
 */
export async function pythonWithMlflow(
  t: TestContext,
  major: number,
  extra: readonly string[] = [],
): Promise<string | undefined> {
  const plain: Wish = { name: `mlflow-${major}`, wanted: [`mlflow>=${major},<${major + 1}`, ...packages] };
  let component = "mlflow";
  try {
    const base = await pythonOf(plain);
    if (extra.length === 0) return base;
    component = extra[0]?.replace(/\W.*/, "") ?? component;
    return await pythonOf({ name: `mlflow-${major}-${component}`, wanted: extra, base });
  } catch (error) {
    missComponent(t, component, `could not be installed: ${(error as Error).message.slice(0, 500)}`);
    return undefined;
  }
}

async function pythonOf({ name, wanted, base }: Wish): Promise<string> {
  const hash = createHash("sha256")
    .update(JSON.stringify([wanted, base]))
    .digest("hex");
  const folder = join(tmpdir(), `trainyard-test-${name}-${hash.slice(0, 8)}`);
  const python = join(folder, "bin", "python");
  // Two test files may want it at once: one makes it, the other waits.
  using _lock = await lockOf(`${folder}.lock`);
  if (existsSync(join(folder, "ready"))) return python;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await execute("python3", ["-m", "venv", folder]);
  if (base === undefined) await install(python, wanted);
  else await installOnTop(python, wanted, base, folder);
  await writeFile(join(folder, "ready.new"), "");
  await rename(join(folder, "ready.new"), join(folder, "ready"));
  return python;
}

/** The base's versions stay, so that a package which both have is the same in both. */
async function installOnTop(python: string, wanted: readonly string[], base: string, folder: string) {
  const { stdout: frozen } = await execute(base, ["-m", "pip", "freeze", "--disable-pip-version-check"]);
  const constraints = join(folder, "constraints.txt");
  await writeFile(constraints, frozen);
  await install(python, wanted, ["--constraint", constraints]);
  await writeFile(join(await packagesOf(python), "base.pth"), `${await packagesOf(base)}\n`);
}

async function packagesOf(python: string): Promise<string> {
  const code = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return (await execute(python, ["-c", code])).stdout.trim();
}

/** uv is several times quicker, but only pip knows where this machine has its torch without graphics cards. */
async function install(python: string, wanted: readonly string[], options: string[] = []): Promise<void> {
  const uv = findProgram("uv");
  const forPip = wanted.filter((one) => uv === undefined || one.startsWith("torch=="));
  const forUv = wanted.filter((one) => !forPip.includes(one));
  const quietly = ["install", "-q", ...options];
  if (forPip.length > 0)
    await execute(python, ["-m", "pip", ...quietly, "--disable-pip-version-check", ...forPip]);
  if (uv && forUv.length > 0) await execute(uv, ["pip", ...quietly, "--python", python, ...forUv]);
}

async function lockOf(file: string): Promise<Disposable> {
  for (;;) {
    const release = takeLock(file);
    if (release) return { [Symbol.dispose]: release };
    await setTimeout(100);
  }
}
