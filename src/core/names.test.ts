import assert from "node:assert/strict";
import { test } from "node:test";
import { isComputeName, isExperimentName, isJobName, nearestName } from "./names.ts";

const keys = ["command", "compute", "code", "inputs", "environment", "environment_variables"];

test("a slip of the hand finds the name that was meant", () => {
  const slips = {
    comand: "command",
    compuet: "compute",
    Inputs: "inputs",
    enviroment: "environment",
    cod: "code",
  };

  for (const [slip, meant] of Object.entries(slips)) assert.equal(nearestName(slip, keys), meant, slip);
});

test("two swapped letters count as one slip", () => {
  assert.equal(nearestName("mtoun", ["mount"]), undefined);
  assert.equal(nearestName("muont", ["mount"]), "mount");
});

test("a name that is far from all others has no nearest", () => {
  for (const name of ["schedule", "x", "zzzzzz", ""]) assert.equal(nearestName(name, keys), undefined, name);
});

test("the closest of several wins", () => {
  assert.equal(nearestName("environment_variable", keys), "environment_variables");
  assert.equal(nearestName("computs", ["commute", "compute"]), "compute");
});

test("a name of megabytes is not compared", () => {
  const long = "a".repeat(1_000_000);

  assert.equal(nearestName(long, [`${long.slice(1)}b`]), undefined);
});

test("job names are 1 to 256 letters, digits, _, - and ., and do not start with - or .", () => {
  for (const name of ["a", "7", "_x", "a-b.c_d", "A".repeat(256)]) assert.ok(isJobName(name), name);
  for (const name of ["", "-a", ".a", "a b", "a/b", "a\n", "ü", "A".repeat(257)])
    assert.ok(!isJobName(name), name);
});

test("experiment names hold anything but slashes, control characters and space at their ends", () => {
  for (const name of ["a", "Müller's runs (2)", "x".repeat(255)]) assert.ok(isExperimentName(name), name);
  for (const name of ["", " a", "a ", "a/b", "a\\b", "a\tb", "x".repeat(256)])
    assert.ok(!isExperimentName(name), name);
});

test("compute names are 2 to 32 letters, digits and hyphens, starting with a letter", () => {
  for (const name of ["cpu-cluster", "g4", "A".repeat(32)]) assert.ok(isComputeName(name), name);
  for (const name of ["a", "4gpu", "-ab", "a_b", "a.b", "A".repeat(33)])
    assert.ok(!isComputeName(name), name);
});
