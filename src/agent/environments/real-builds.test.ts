// Builds tiny environments for real, from the package index; where that is not possible, says why it did not.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { EnvironmentFailed } from "./environment-failed.ts";
import { findCommand } from "./find-command.ts";
import { findHostPython } from "./host-python.ts";
import { realizeEnvironment, type RealizeContext } from "./realize.ts";
import { testMachine } from "./test-machine.ts";

const host = { hostPath: process.env["PATH"] ?? "", hostVariables: process.env };
const required = (process.env["TRAINYARD_TEST_REQUIRE"] ?? "").split(",").map((name) => name.trim());

/** Skips with the reason, unless the component is required here: then the reason is the failure. */
function miss(t: TestContext, component: string, reason: string): void {
  if (required.includes(component)) assert.fail(`${component} is required here: ${reason}`);
  t.skip(reason);
}

/** The machine of the tests, with nothing but this Python (and uv) on its PATH, and a cache of its own. */
async function realMachine(t: TestContext, uv?: string): Promise<RealizeContext | string> {
  const machine = testMachine(t);
  const python = await findHostPython({ ...host, cacheFolder: machine.context.cacheFolder });
  if (!python) return "no Python on this machine";
  machine.program("python3", `exec '${python.path}' "$@"`);
  if (uv) machine.program("uv", `exec '${uv}' "$@"`);
  return { ...machine.context, hostVariables: host.hostVariables };
}

function runPython(binFolder: string, program: string): string {
  return execFileSync(join(binFolder, "python"), ["-c", program], { encoding: "utf8" }).trim();
}

const six = { pip: ["six==1.16.0"] };

describe("environments from the package index", { concurrency: false }, () => {
  test("pip builds one that imports what was asked for, and nothing else", async (t) => {
    const context = await realMachine(t);
    if (typeof context === "string") return miss(t, "pip", context);
    const realized = await buildOrMiss(t, "pip", context);
    if (!realized) return;

    assert.equal(runPython(realized.binFolders[0] ?? "", "import six; print(six.__version__)"), "1.16.0");
    assert.ok(realized.packages.includes("six==1.16.0"), realized.packages.join());
    assert.match(realized.summary, /built with pip/);
  });

  test("uv builds the same", async (t) => {
    const uv = findCommand("uv", host) ?? (await installUv(t));
    if (!uv) return miss(t, "uv", "uv is not on PATH and could not be installed from the package index");
    const context = await realMachine(t, uv);
    if (typeof context === "string") return miss(t, "uv", context);
    const realized = await buildOrMiss(t, "uv", context);
    if (!realized) return;

    assert.equal(runPython(realized.binFolders[0] ?? "", "import six; print(six.__version__)"), "1.16.0");
    assert.ok(existsSync(join(realized.binFolders[0] ?? "", "pip")), "commands of jobs run pip install too");
    assert.match(realized.summary, /built with uv/);
  });

  test("a package that does not exist fails with its name, and nothing of it is kept", async (t) => {
    const context = await realMachine(t);
    if (typeof context === "string") return miss(t, "pip", context);

    const failing = realizeEnvironment({ pip: ["six==99"] }, context);

    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof EnvironmentFailed);
      if (/could not be reached/.test(error.message)) return true;
      assert.match(
        error.message,
        /no version of six==99 can be found\n[\s\S]*Check the name and the version/,
      );
      return error.message.split("\n").length < 12;
    });
    const builds = readdirSync(context.cacheFolder).filter((name) => /^[0-9a-f]{20}$/.test(name));
    const kept = builds.filter((name) => existsSync(join(context.cacheFolder, name, "complete.json")));
    assert.deepEqual(kept, []);
  });
});

async function buildOrMiss(t: TestContext, component: string, context: RealizeContext) {
  try {
    return await realizeEnvironment(six, context);
  } catch (error) {
    if (
      !(error instanceof EnvironmentFailed) ||
      !/could not be reached|cannot make virtual/.test(error.message)
    ) {
      throw error;
    }
    miss(t, component, error.message);
  }
}

async function installUv(t: TestContext): Promise<string | undefined> {
  const context = await realMachine(t);
  if (typeof context === "string") return undefined;
  try {
    const { binFolders } = await realizeEnvironment({ pip: ["uv"] }, context);
    return join(binFolders[0] ?? "", "uv");
  } catch (error) {
    if (error instanceof EnvironmentFailed) return undefined;
    throw error;
  }
}
