import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { isAlive } from "./build-lock.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import { realizeEnvironment } from "./realize.ts";
import { fakePython, fakeUv, testMachine, type TestMachine } from "./test-machine.ts";

const six = { pip: ["six==1.16.0"] };

/** A machine with a fake Python 3.11 and the fake uv. */
function machineWithUv(t: Parameters<typeof testMachine>[0]): TestMachine {
  const machine = testMachine(t);
  machine.program("python", ...fakePython("3.11.7"));
  machine.program("uv", ...fakeUv(machine.folder));
  return machine;
}

const installsOn = (machine: TestMachine): number =>
  readFileSync(join(machine.folder, "installs"), "utf8").trim().split("\n").length;

/** Everything in the cache that belongs to builds. */
const buildsOn = (machine: TestMachine): string[] =>
  readdirSync(machine.context.cacheFolder).filter((name) => /^[0-9a-f]{20}/.test(name));

function completeOn(machine: TestMachine): boolean {
  return buildsOn(machine).some((name) =>
    existsSync(join(machine.context.cacheFolder, name, "complete.json")),
  );
}

test("a day for uv to look back to has environments of its own", async (t) => {
  const machine = machineWithUv(t);
  const asOf = (day: string) => ({
    ...machine.context,
    hostVariables: { ...machine.context.hostVariables, UV_EXCLUDE_NEWER: day },
  });

  assert.equal((await realizeEnvironment(six, machine.context)).built, true);
  assert.equal((await realizeEnvironment(six, asOf("2022-06-01"))).built, true);
  assert.equal((await realizeEnvironment(six, asOf("2022-06-01"))).built, false);
  assert.equal(installsOn(machine), 2);
});

test("built once, then taken from the cache without a word in the build log", async (t) => {
  const machine = machineWithUv(t);

  const first = await realizeEnvironment(six, machine.context);
  assert.equal(first.built, true);
  assert.deepEqual(first.packages, ["six==1.16.0"]);
  assert.match(first.summary, /^ran in an environment built with uv: Python 3\.11\.7, 1 package$/);
  const logged = machine.log();
  assert.match(logged, /installing\n/);
  assert.doesNotMatch(logged, /freeze/);

  const second = await realizeEnvironment(six, machine.context);
  assert.equal(second.built, false);
  assert.match(second.summary, /from the cache/);
  assert.deepEqual([second.binFolders, second.variables], [first.binFolders, first.variables]);
  assert.equal(machine.log(), logged);
  assert.equal(installsOn(machine), 1);
});

test("the hash follows what decides the result, and not the name or the image", async (t) => {
  const machine = machineWithUv(t);
  const build = async (environment: object) => (await realizeEnvironment(environment, machine.context)).built;

  assert.equal(await build(six), true);
  assert.equal(await build({ ...six, name: "a", version: "2", image: "b" }), false);
  assert.equal(await build({ conda: { dependencies: ["six==1.16.0"] } }), false);
  assert.equal(await build({ pip: ["six==1.15.0"] }), true);
  assert.equal(await build({ pip: ["six==1.16.0", "--pre"] }), true);
  machine.program("python", ...fakePython("3.12.10"));
  assert.equal(await build(six), true);
});

test("an environment whose interpreter has gone is built again", async (t) => {
  const machine = machineWithUv(t);
  const { python } = await realizeEnvironment(six, machine.context);
  rmSync(python ?? "");

  assert.equal((await realizeEnvironment(six, machine.context)).built, true);
});

test("two that want the same at once build it once, and both show the build log", async (t) => {
  const machine = machineWithUv(t);
  const texts: string[] = [];
  let bothStarted = (): void => {};
  const waiting = new Promise<void>((resolve) => (bothStarted = resolve));
  writeFileSync(join(machine.folder, "hold"), "");

  const first = realizeEnvironment(six, machine.context);
  const second = realizeEnvironment(six, {
    ...machine.context,
    buildLog: (text) => {
      texts.push(text);
      if (text.startsWith("waiting")) bothStarted();
    },
  });
  // Either may come first; the other one waits and says so.
  const poll = setInterval(() => machine.log().includes("waiting") && bothStarted(), 20);
  await waiting;
  clearInterval(poll);
  rmSync(join(machine.folder, "hold"));
  const both = await Promise.all([first, second]);

  assert.equal(both.filter(({ built }) => built).length, 1);
  assert.equal(both[0]?.python, both[1]?.python);
  assert.equal(installsOn(machine), 1);
  for (const log of [machine.log(), texts.join("")]) assert.match(log, /installing\n/);
});

test("a failure is shared by those who waited, kept from nobody later, and leaves nothing in the cache", async (t) => {
  const machine = machineWithUv(t);
  writeFileSync(join(machine.folder, "fail"), "");
  writeFileSync(join(machine.folder, "hold"), "");
  let logged = "";
  const context = {
    ...machine.context,
    buildLog: (text: string) => {
      logged += text;
      if (text.startsWith("waiting")) rmSync(join(machine.folder, "hold"));
    },
  };

  const ends = await Promise.allSettled([realizeEnvironment(six, context), realizeEnvironment(six, context)]);

  for (const end of ends) {
    assert.ok(end.status === "rejected" && end.reason instanceof EnvironmentFailed, logged);
    assert.match(end.reason.message, /could not be built with uv: there is no package nothing-such\n {2}/);
  }
  assert.equal(installsOn(machine), 1);
  assert.equal(completeOn(machine), false);

  rmSync(join(machine.folder, "fail"));
  assert.equal((await realizeEnvironment(six, machine.context)).built, true);
});

test("canceling kills the builder with all it started, and what is left is nothing", async (t) => {
  const machine = machineWithUv(t);
  writeFileSync(join(machine.folder, "hold"), "");
  const canceled = new AbortController();
  let group: Parameters<typeof isAlive>[0] | undefined;

  const realizing = realizeEnvironment(six, {
    ...machine.context,
    signal: canceled.signal,
    buildLog: (text) => {
      if (!text.startsWith("installing")) return;
      const [name = ""] = buildsOn(machine).filter((each) => !each.endsWith(".lock"));
      group = JSON.parse(readFileSync(join(machine.context.cacheFolder, name, "builder.json"), "utf8"));
      canceled.abort(new Error("canceled by the user"));
    },
  });

  await assert.rejects(realizing, /canceled by the user/);
  assert.ok(group && !isAlive(group));
  assert.equal(completeOn(machine), false);
  assert.deepEqual(
    buildsOn(machine).filter((name) => name.endsWith(".lock")),
    [],
  );
});

test("a process killed mid-build leaves no half environment, and its builder is ended by the next", async (t) => {
  const machine = machineWithUv(t);
  writeFileSync(join(machine.folder, "hold"), "");
  const { cacheFolder, hostPath } = machine.context;
  const program = `
    import { realizeEnvironment } from ${JSON.stringify(import.meta.resolve("./realize.ts"))};
    import { systemClock } from ${JSON.stringify(import.meta.resolve("../../lib/clock.ts"))};
    await realizeEnvironment({ pip: ["six==1.16.0"] }, {
      cacheFolder: ${JSON.stringify(cacheFolder)}, hostPath: ${JSON.stringify(hostPath)}, hostVariables: {},
      clock: systemClock, buildLog: (text) => process.stdout.write(text), signal: new AbortController().signal,
    });`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line === "installing") break;
  const [name = ""] = buildsOn(machine).filter((each) => !each.endsWith(".lock"));
  const orphan = JSON.parse(readFileSync(join(cacheFolder, name, "builder.json"), "utf8"));
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await ended;
  assert.ok(isAlive(orphan), "the builder outlives the process that was killed");
  assert.equal(completeOn(machine), false);

  // Not removing the hold shows that the old builder is not the one that ends well.
  machine.program("uv", ...fakeUv(machine.folder).map((line) => line.replaceAll("hold", "released")));
  const realized = await realizeEnvironment(six, machine.context);

  assert.equal(realized.built, true);
  await t.waitFor(() => assert.equal(isAlive(orphan), false));
  const left = readdirSync(join(cacheFolder, name)).filter((each) => /^[0-9a-f]{8}$/.test(each));
  assert.deepEqual(left, [realized.binFolders[0]?.split("/").at(-2)]);
});

test("a Python that the machine has not got is replaced by its own, with a warning that stays", async (t) => {
  const machine = testMachine(t);
  const python = machine.program("python", ...fakePython("3.11.7"));
  // Finds interpreters by path alone, as uv does where nothing can be fetched.
  machine.program(
    "uv",
    'case "$1 $4" in "venv 3.7") echo "no download"; exit 1 ;; esac',
    ...fakeUv(machine.folder),
  );
  const environment = { conda: { dependencies: ["python=3.7", "six"] } };

  const first = await realizeEnvironment(environment, machine.context);
  const again = await realizeEnvironment(environment, machine.context);

  const warning =
    "the environment asks for Python 3.7, which this machine has not got: built with its Python 3.11.7";
  assert.deepEqual([first.warnings, again.warnings], [[warning], [warning]]);
  assert.match(machine.log(), new RegExp(`venv --seed --python ${python} `));
});

test("secrets reach the builder and no log", async (t) => {
  const machine = machineWithUv(t);
  machine.program(
    "uv",
    ...fakeUv(machine.folder),
    'for file; do :; done; if [ "$1 $2" = "pip install" ]; then cat "$file"; fi',
  );
  const pip = ["--extra-index-url https://me:word@a.example/simple", "six"];

  const { binFolders } = await realizeEnvironment({ pip }, machine.context);

  assert.match(machine.log(), /--extra-index-url https:\/\/\*\*\*@a\.example\/simple/);
  assert.ok(!machine.log().includes("word"));
  const requirements = join(binFolders[0] ?? "", "..", "..", "requirements.txt");
  assert.equal(readFileSync(requirements, "utf8"), `${pip.join("\n")}\n`);
});
