import assert from "node:assert/strict";
import { test } from "node:test";
import { findMissing } from "./complete-lock.ts";

const tool = (optionalDependencies: Record<string, string>) => ({
  packages: {
    "node_modules/tool": { version: "1.2.3", dev: true, license: "MIT", optionalDependencies },
    "node_modules/@tool/binding-linux-x64-gnu": { version: "1.2.3", optional: true },
  },
});

test("builds that the lock file has already are not missing", () => {
  assert.deepEqual(findMissing(tool({ "@tool/binding-linux-x64-gnu": "1.2.3" })), []);
});

test("a missing build is described by the system that its name says", () => {
  const missing = findMissing(
    tool({ "@tool/binding-linux-arm64-musl": "1.2.3", "@tool/win32-x64": "1.2.3" }),
  );

  assert.deepEqual(missing, [
    {
      name: "@tool/binding-linux-arm64-musl",
      entry: {
        version: "1.2.3",
        cpu: ["arm64"],
        dev: true,
        libc: ["musl"],
        license: "MIT",
        optional: true,
        os: ["linux"],
      },
    },
    {
      name: "@tool/win32-x64",
      entry: { version: "1.2.3", cpu: ["x64"], dev: true, license: "MIT", optional: true, os: ["win32"] },
    },
  ]);
});
