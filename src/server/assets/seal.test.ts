import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeal } from "./seal.ts";

test("A sealed secret opens to what it was, and says nothing of itself", () => {
  const seal = createSeal("home");
  for (const secret of ["", "s3cret", "ü😀\n\0", "x".repeat(10_000)]) {
    const sealed = seal.close(secret, "lake/token");

    assert.equal(seal.open(sealed, "lake/token"), secret);
    assert.notEqual(seal.close(secret, "lake/token"), sealed, "the same secret is sealed differently");
    if (secret !== "") assert.ok(!Buffer.from(sealed, "base64url").includes(secret));
  }
});

test("It opens nowhere else: not at another place, in another home, or after a change of any byte", () => {
  const seal = createSeal("home");
  const sealed = seal.close("secret", "lake/token");

  assert.throws(() => seal.open(sealed, "pond/token"), /secret of pond\/token was not sealed/);
  assert.throws(() => createSeal("other").open(sealed, "lake/token"), /was not sealed/);
  const bytes = Buffer.from(sealed, "base64url");
  for (let index = 0; index < bytes.length; index++) {
    const damaged = Buffer.from(bytes);
    damaged[index]! ^= 1;
    assert.throws(
      () => seal.open(damaged.toString("base64url"), "lake/token"),
      /was not sealed/,
      `byte ${index}`,
    );
  }
  assert.throws(() => seal.open("", "lake/token"));
});
