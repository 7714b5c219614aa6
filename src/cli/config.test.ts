import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { defaultsFile, readConfig } from "./config.ts";
import { UsageError } from "./fail.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "trainyard-config-"));
});
afterEach(() => rm(home, { recursive: true }));

test("it needs nothing at all", () => {
  const config = readConfig({});

  assert.match(config.home.value, /\.trainyard$/);
  assert.equal(config.home.from, "default");
  assert.equal(config.url.value, undefined);
});

test("a value says which variable it came from", () => {
  const config = readConfig({ TRAINYARD_HOME: home, TRAINYARD_URL: "http://host:1" });

  assert.deepEqual(config.home, { value: home, from: "TRAINYARD_HOME" });
  assert.deepEqual(config.url, { value: "http://host:1", from: "TRAINYARD_URL" });
});

test("an empty variable counts as none", () => {
  assert.equal(readConfig({ TRAINYARD_HOME: home, TRAINYARD_URL: "" }).url.value, undefined);
});

test("kept defaults are read, and say from which file", async () => {
  await writeFile(defaultsFile(home), JSON.stringify({ group: "g", unknown: 1 }));

  assert.deepEqual(readConfig({ TRAINYARD_HOME: home }).group, { value: "g", from: defaultsFile(home) });
});

test("a broken file of defaults does not stop every command", async () => {
  await writeFile(defaultsFile(home), "{");

  assert.equal(readConfig({ TRAINYARD_HOME: home }).group.value, "trainyard");
});

test("a limit that is no number is told", () => {
  assert.throws(() => readConfig({ TRAINYARD_SNAPSHOT_MAX_BYTES: "2GB" }), UsageError);
});
