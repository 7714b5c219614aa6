import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { findMachine } from "./machine.ts";

/** A machine whose nvidia-smi says this. */
async function machineWith(script: string | undefined) {
  await using folder = await makeTempFolder();
  if (script !== undefined) {
    const program = join(folder.path, "nvidia-smi");
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
  }
  return findMachine({ PATH: folder.path });
}

test("The graphics cards are those that nvidia-smi lists, by its numbers", async () => {
  const machine = await machineWith('[ "$1" = --query-gpu=index ] && printf "0\\n2\\n"');

  assert.deepEqual(machine.gpus, [0, 2]);
  assert.ok(machine.cores >= 1 && machine.memoryBytes > 0);
});

test("A machine without nvidia-smi, or without its driver, has none", async () => {
  assert.deepEqual((await machineWith(undefined)).gpus, []);
  assert.deepEqual((await machineWith("echo NVIDIA-SMI has failed; exit 9")).gpus, []);
});
