import assert from "node:assert/strict";
import { test } from "node:test";
import { isJobName } from "../core/names.ts";
import { newId, newJobName, newSecret } from "./ids.ts";

test("An id is a UUID of version 7 that begins with the time it was made", () => {
  const at = 1_795_253_549_473;

  const id = newId(at);

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), at);
});

test("Ids of later milliseconds sort after earlier ones, over a change of digits too", () => {
  const times = [0, 1, 0xffff, 0x10000, 0xffffffff, 0x100000000, 1_795_253_549_473, 0xffffffffffff];

  const ids = times.map((at) => newId(at));

  assert.deepEqual(ids.toSorted(), ids);
});

test("Ids of one millisecond differ", () => {
  const ids = Array.from({ length: 10_000 }, () => newId(5));

  assert.equal(new Set(ids).size, ids.length);
});

test("A secret has its prefix and 256 bits", () => {
  const secret = newSecret("ty");

  assert.match(secret, /^ty_[\w-]{43}$/);
  assert.notEqual(newSecret("ty"), secret);
});

test("A new job name is a legal job name of three parts", () => {
  for (let turn = 0; turn < 200; turn++) {
    const name = newJobName();
    assert.ok(isJobName(name), name);
    assert.match(name, /^[a-z]+_[a-z]+_[0-9a-z]{10}$/);
  }
});
