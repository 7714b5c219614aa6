import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readUnittest } from "./test-python.ts";

const rule = (character: string) => character.repeat(70);

const mixed = `test_good (test_run.RunTest.test_good) ... ok
test_bad (test_run.RunTest.test_bad)
A test with a docstring. ... FAIL
test_other (test_run.RunTest.test_other) ... skipped 'needs numpy'

${rule("=")}
FAIL: test_bad (test_run.RunTest.test_bad)
A test with a docstring.
${rule("-")}
Traceback (most recent call last):
AssertionError: 1 != 2

${rule("-")}
Ran 3 tests in 0.004s

FAILED (failures=1, skipped=1)
`;

describe("what unittest prints", () => {
  test("is read into passed, failed and skipped", () => {
    const tally = readUnittest(mixed, "python 3.11", 1);

    assert.equal(tally.passed, 1);
    assert.equal(tally.failed.length, 1);
    assert.match(tally.failed[0]!.name, /^python 3\.11 › FAIL: test_bad/);
    assert.match(tally.failed[0]!.detail, /1 != 2$/);
    assert.deepEqual(tally.skipped, [{ name: "python 3.11 › test_other", reason: "needs numpy" }]);
  });

  test("counts as a failure when the interpreter died on the way", () => {
    const tally = readUnittest("test_good (t.T.test_good) ... ok\nKilled", "python 3.11", 137);

    assert.equal(tally.failed.length, 1);
    assert.match(tally.failed[0]!.detail, /exit code 137/);
  });

  test("counts as a failure when no test was found", () => {
    const text = `\n${rule("-")}\nRan 0 tests in 0.000s\n\nOK\n`;

    assert.equal(readUnittest(text, "python 3.11", 0).failed.length, 1);
  });
});
