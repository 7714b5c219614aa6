import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { realizeEnvironment } from "./realize.ts";
import { fakePython, testMachine, writeProgram } from "./test-machine.ts";

test("an image runs with the host's Python, and the run says so", async (t) => {
  const machine = testMachine(t);
  const python = machine.program("python", ...fakePython("3.11.7"));

  const realized = await realizeEnvironment({ image: "python:3.8" }, machine.context);

  assert.deepEqual(realized, {
    binFolders: [],
    variables: {},
    python,
    summary: "image python:3.8 was not used: no container engine here; ran with host Python 3.11.7",
    warnings: [],
    packages: [],
    built: false,
  });
  assert.equal(machine.log(), "");
});

test("the summary says why the image was not used", async (t) => {
  const machine = testMachine(t);

  const realized = await realizeEnvironment(
    { image: "julia:1.6" },
    { ...machine.context, noContainer: "docker is installed, but its service does not run" },
  );

  assert.equal(
    realized.summary,
    "image julia:1.6 was not used: docker is installed, but its service does not run; ran with this machine's own tools, which include no Python",
  );
});

test("an image of a Python version uses that version when the machine has it", async (t) => {
  const machine = testMachine(t);
  machine.program("python", ...fakePython("3.11.7"));
  const python = machine.program("python3.8", ...fakePython("3.8.18"));

  const realized = await realizeEnvironment({ image: "docker.io/library/python:3.8-slim" }, machine.context);

  assert.equal(realized.python, python);
  const [folder = ""] = realized.binFolders;
  assert.equal(execFileSync(join(folder, "python"), { encoding: "utf8" }), "3.8.18\n");
});

test("a machine that only has python3 gets python, python3 and pip", async (t) => {
  const machine = testMachine(t);
  machine.program("python3", 'echo "3.11.7 $*" | sed "s/ .*-c.*//"');

  const { binFolders } = await realizeEnvironment({ image: "python" }, machine.context);

  const [folder = ""] = binFolders;
  assert.equal(execFileSync(join(folder, "python"), ["a b"], { encoding: "utf8" }), "3.11.7 a b\n");
  assert.equal(execFileSync(join(folder, "pip"), ["freeze"], { encoding: "utf8" }), "3.11.7 -m pip freeze\n");
  assert.ok(existsSync(join(folder, "python3")));
});

test("Python 2 is passed over for python3", async (t) => {
  const machine = testMachine(t);
  machine.program("python", ...fakePython("2.7.18"));
  const python3 = machine.program("python3", ...fakePython("3.9.2"));

  assert.equal((await realizeEnvironment({ image: "x" }, machine.context)).python, python3);
});

test("an interpreter is started once and remembered until its file changes", async (t) => {
  const machine = testMachine(t);
  const starts = join(machine.folder, "starts");
  const counted = (version: string) => [`echo x >> '${starts}'`, `echo ${version}`];
  machine.program("python", ...counted("3.11.7"));

  for (let i = 0; i < 3; i++) await realizeEnvironment({ image: "x" }, machine.context);
  assert.equal(readFileSync(starts, "utf8"), "x\n");

  machine.program("python", ...counted("3.12.10"));
  const { summary } = await realizeEnvironment({ image: "x" }, machine.context);
  assert.match(summary, /3\.12\.10$/);
});

test("pyenv's stand-ins are looked through, to the version it would choose", async (t) => {
  const machine = testMachine(t);
  const root = join(machine.folder, "pyenv");
  for (const version of ["3.8.18", "3.11.7", "3.11.12"]) {
    mkdirSync(join(root, "versions", version, "bin"), { recursive: true });
    writeProgram(join(root, "versions", version, "bin", "python"), ...fakePython(version));
  }
  mkdirSync(join(root, "shims"));
  writeProgram(join(root, "shims", "python"), "echo 'pyenv: python: command not found'; exit 127");
  writeFileSync(join(root, "version"), "3.11\n");
  const context = { ...machine.context, hostPath: `${join(root, "shims")}:/nowhere` };

  const usual = await realizeEnvironment({ image: "x" }, context);
  assert.deepEqual(usual.binFolders, [join(root, "versions", "3.11.12", "bin")]);

  const older = await realizeEnvironment({ image: "python:3.8" }, context);
  assert.deepEqual(older.binFolders, [join(root, "versions", "3.8.18", "bin")]);
});

test("a user's own interpreter is used as it is", async (t) => {
  const machine = testMachine(t);
  mkdirSync(join(machine.folder, "own"));
  const python = writeProgram(join(machine.folder, "own", "python"), ...fakePython("3.10.1"));

  const realized = await realizeEnvironment(
    { userManaged: { interpreter: python }, conda: { dependencies: ["numpy"] } },
    machine.context,
  );

  assert.deepEqual(realized.binFolders, [join(machine.folder, "own")]);
  assert.equal(realized.summary, `ran with ${python} (Python 3.10.1) as it is`);
});

test("an interpreter that is not there is named, with what to do", async (t) => {
  const { context } = testMachine(t);
  await assert.rejects(
    realizeEnvironment({ userManaged: { interpreter: "/opt/none/python" } }, context),
    /"\/opt\/none\/python" is not a working Python[\s\S]*absolute path of an interpreter/,
  );
});

test("a Dockerfile is refused with what to write in its place", async (t) => {
  const { context } = testMachine(t);
  await assert.rejects(
    realizeEnvironment({ build: { dockerfile: "FROM python" } }, context),
    /Dockerfile, which needs a container engine[\s\S]*conda_file/,
  );
});

test("an environment for Windows is refused elsewhere", { skip: process.platform === "win32" }, async (t) => {
  const { context } = testMachine(t);
  await assert.rejects(realizeEnvironment({ image: "x", osType: "windows" }, context), /is for Windows/);
});

test("variables of the conda file and of the environment reach the job, the environment's own last", async (t) => {
  const machine = testMachine(t);
  const { variables } = await realizeEnvironment(
    { image: "x", conda: { variables: { A: "conda", B: "conda" } }, environmentVariables: { B: "own" } },
    machine.context,
  );
  assert.deepEqual(variables, { A: "conda", B: "own" });
});
