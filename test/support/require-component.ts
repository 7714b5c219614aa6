// Tests that need something from outside (uv, docker, restic, …) skip where it is missing, unless it is required there.
import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";

const required = (process.env["TRAINYARD_TEST_REQUIRE"] ?? "").split(",").map((name) => name.trim());

/** Skips with the reason; fails with it where TRAINYARD_TEST_REQUIRE names the component. Return after it. */
export function missComponent(t: TestContext, component: string, reason: string): void {
  if (required.includes(component)) assert.fail(`${component} is required here: ${reason}`);
  t.skip(`${component}: ${reason}`);
}

/** Where a program lies on PATH. Without one the test is skipped or fails, and the answer is undefined. */
export function requireProgram(t: TestContext, program: string): string | undefined {
  const path = findProgram(program);
  if (path === undefined) missComponent(t, program, `there is no program ${program} on PATH`);
  return path;
}

export function findProgram(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
