import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

/** A checkout whose npm only notes how it was called. */
function aCheckout(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "trainyard-checkout-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const programs = join(root, "programs");
  for (const folder of ["scripts", "programs", "node_modules/node/bin"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  cpSync(join(import.meta.dirname, "ensure-installed.mjs"), join(root, "scripts", "ensure-installed.mjs"));
  writeFileSync(join(root, "node_modules/node/bin/node"), "");
  writeFileSync(join(programs, "npm"), `#!/bin/sh\necho "$@" >>${root}/calls\nexit \${NPM_EXIT:-0}\n`);
  chmodSync(join(programs, "npm"), 0o755);
  return {
    wants: (packages: object) => writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages })),
    has: (packages: object) =>
      writeFileSync(join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages })),
    run: (variables: NodeJS.ProcessEnv = {}) =>
      spawnSync(process.execPath, [join(root, "scripts", "ensure-installed.mjs")], {
        encoding: "utf8",
        env: { ...process.env, ...variables, PATH: `${programs}:${process.env["PATH"]}` },
      }),
    calls() {
      try {
        return readFileSync(join(root, "calls"), "utf8");
      } catch {
        return "";
      }
    },
  };
}

const a = { "node_modules/a": { version: "1.0.0" } };

test("nothing is installed or said when every package is there", (t) => {
  const checkout = aCheckout(t);
  checkout.wants({
    "": { version: "9" },
    ...a,
    "node_modules/for-another-system": { version: "1", optional: true },
  });
  checkout.has(a);

  const { status, stderr, stdout } = checkout.run();

  assert.deepEqual(
    { status, stderr, stdout, calls: checkout.calls() },
    { status: 0, stderr: "", stdout: "", calls: "" },
  );
});

test("a checkout without packages gets all of them, told in one line", (t) => {
  const checkout = aCheckout(t);
  checkout.wants(a);

  const { status, stderr } = checkout.run();

  assert.equal(status, 0);
  assert.match(checkout.calls(), /^ci /);
  assert.match(stderr, /^Installing dependencies \(once\) … done in \d+ s\.\n$/);
});

test("another version than the locked one is brought up to date without removing the rest", (t) => {
  const checkout = aCheckout(t);
  checkout.wants({ "node_modules/a": { version: "1.0.1" } });
  checkout.has(a);

  checkout.run();

  assert.match(checkout.calls(), /^install /);
});

test("an installation that fails stops with what to do", (t) => {
  const checkout = aCheckout(t);
  checkout.wants(a);

  const { status, stderr } = checkout.run({ NPM_EXIT: "1" });

  assert.equal(status, 1);
  assert.match(stderr, /npm ci.*must succeed first/);
});
