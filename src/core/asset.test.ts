import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalContent, isAssetName, isAssetVersion, isModelName } from "./asset.ts";

test("Models may be called as MLflow lets them", () => {
  for (const good of ["a", "Iris, the flower", "モデル", "a@b", "50% #1?", "a".repeat(255), "...", "-x"]) {
    assert.ok(isModelName(good), good);
  }
  for (const bad of [
    "",
    " ",
    " a",
    "a ",
    "a/b",
    "a:b",
    "a\\b",
    "a\nb",
    ".",
    "..",
    "a".repeat(256),
    "\ud800",
  ]) {
    assert.ok(!isModelName(bad), JSON.stringify(bad));
  }
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
