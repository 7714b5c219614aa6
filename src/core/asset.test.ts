import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalContent, isAssetName, isAssetVersion, nextVersion } from "./asset.ts";

test("Versions count up from the largest whole number, whatever else there is", () => {
  const cases: [string[], string][] = [
    [[], "1"],
    [["1", "2"], "3"],
    [["10", "9"], "11"],
    [["7", "nightly", "1.5", "-3", "007x"], "8"],
    [["nightly"], "1"],
    [["9".repeat(40)], "1"],
  ];
  for (const [known, next] of cases) assert.equal(nextVersion(known), next, known.join(" "));
});

test("Names and versions are letters, digits, _, - and ., and begin with none of the last two", () => {
  for (const good of ["a", "_x", "9", "Iris-1.2_b", "a".repeat(100)]) {
    assert.ok(isAssetName(good) && isAssetVersion(good), good);
  }
  for (const bad of ["", ".", "-a", ".a", "a/b", "a:b", "a b", "é", "a\n", "a@b", "a".repeat(256)]) {
    assert.ok(!isAssetName(bad) && !isAssetVersion(bad), JSON.stringify(bad));
  }
});

test("The same content has the same text, whatever the order of its keys, but not of its lists", () => {
  const conda = (dependencies: string[]) => ({ name: "x", dependencies });
  const first = canonicalContent({
    kind: "environment",
    environment: { image: "python", conda: conda(["a", "b"]) },
  });
  const turned = canonicalContent({
    environment: { conda: { dependencies: ["a", "b"], name: "x" }, image: "python" },
    kind: "environment",
  });
  const other = canonicalContent({
    kind: "environment",
    environment: { image: "python", conda: conda(["b", "a"]) },
  });

  assert.equal(turned, first);
  assert.notEqual(other, first);
});
