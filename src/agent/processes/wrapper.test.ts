import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { programOf, readExit, readWrapperPid, wrapperScript } from "./wrapper.ts";

const wrap = (file: string, command: string) =>
  spawnSync("/bin/sh", ["-c", wrapperScript, "trainyard", file, ...programOf(command, {})], {
    encoding: "utf8",
  });

test("A process's file says which wrapper it has and how it ended, and a second wrapper does nothing", async () => {
  await using folder = await makeTempFolder();
  const file = join(folder.path, "main");

  const first = wrap(file, "echo out; echo err >&2; kill -9 $$");
  const second = wrap(file, "echo never");

  assert.equal(first.status, 137);
  assert.match(first.stdout, /^out\nerr\n(Killed\n)?$/);
  assert.deepEqual([second.stdout, second.status], ["", 0]);
  assert.equal(readWrapperPid(file), first.pid);
  assert.equal(readExit(file)?.code, 137);
});

test("Without an end, or with half of one, a process has not ended", async () => {
  await using folder = await makeTempFolder();
  const file = join(folder.path, "main");
  for (const text of ["", "12\n", "12\nexit", "12\nexit 1", "12\nnext exit 1\n", "12\nexit 1\nKilled\n"]) {
    writeFileSync(file, text);
    assert.equal(readExit(file), undefined, text);
  }
  assert.equal(readExit(join(folder.path, "none")), undefined);
  assert.equal(readWrapperPid(join(folder.path, "none")), undefined);
});

test("A command line that only starts Python needs no shell, and its words are what bash makes of them", async () => {
  await using folder = await makeTempFolder();
  for (const command of ["python3 -c 1", "/usr/bin/python3.11 train.py --rate=1e-05 a,b @x +y 50%"]) {
    const words = programOf(command, {});
    assert.deepEqual(words, command.split(" "));
    const seen = execFileSync("bash", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" });
    assert.deepEqual(words, seen.split("\0").slice(0, -1));
  }
  const shell = ["python", "python  a", "python 'a b'", "python $x", "python *", "python ~", "python a; b"];
  for (const command of [...shell, "python a\nb", "echo a", "X=1 python a", "python a > b", "python {a,b}"]) {
    assert.deepEqual(programOf(command, {}), ["bash", "-c", command]);
  }
  assert.deepEqual(programOf("python a", { BASH_ENV: "/x" }), ["bash", "-c", "python a"]);
  const file = join(folder.path, "main");
  wrap(file, "python3 -c exit(3)");
  assert.match(readFileSync(file, "utf8"), /^\d+\nexit \d+\n$/);
});
