import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildProgram } from "./command-line.ts";
import { commands } from "./commands.ts";
import { aContext, keptIo } from "./testing.fixture.ts";

const program = fileURLToPath(new URL("../../bin/trainyard", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "trainyard-cli-"));
after(() => rmSync(home, { recursive: true }));

const run = (args: string[], command = program) =>
  spawnSync(command, args, {
    encoding: "utf8",
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, TRAINYARD_HOME: join(home, "none") },
  });

test("--version is the package's, also through a link", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  symlinkSync(program, join(home, "ty"));

  assert.equal(run(["--version"]).stdout, `${version}\n`);
  assert.equal(run(["--version"], join(home, "ty")).stdout, `${version}\n`);
});

test("a leading ml changes nothing", () => {
  const plain = run(["config", "--query", "[0].value", "-o", "tsv"]);
  const withMl = run(["ml", "config", "--query", "[0].value", "-o", "tsv"]);

  assert.equal(plain.stdout, `${join(home, "none")}\n`);
  assert.equal(withMl.stdout, plain.stdout);
});

const mistakes: readonly [args: string[], message: RegExp][] = [
  [["jop", "list"], /unknown command 'jop'[^]*Did you mean job\?/],
  [["job", "crate"], /unknown command 'crate'[^]*Did you mean create\?/],
  [["job", "create"], /neither -f, --file <path> nor --from <run> was given/],
  [["data", "show"], /'-n, --name <name>' not specified/],
  [["model", "delete", "-n", "x"], /'-v, --version <version>' not specified/],
  [["job", "create", "--fille", "x"], /unknown option '--fille'[^]*Did you mean --file\?/],
  [["job", "list", "--max-reslts", "3"], /Did you mean --max-results\?/],
  [["job", "list", "-r", "none"], /"none" is not a whole number/],
  [["job", "list", "-o", "xml"], /Allowed choices are json, jsonc/],
];
for (const [args, message] of mistakes) {
  test(`\`${args.join(" ")}\` ends with 2 and says why on stderr`, () => {
    const { status, stdout, stderr } = run(args);

    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.equal(stdout, "");
  });
}

test("a job file with faults ends with 1, lists them all, and sends nothing", () => {
  const file = join(home, "bad.yml");
  writeFileSync(
    file,
    "comand: echo\nenvironment: {docker: {image: x}}\ncompute: {target: local, instance_count: two}\n",
  );

  // No server could be started at this address: nothing may need one.
  const { status, stdout, stderr } = spawnSync(program, ["job", "create", "-f", file], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: home, TRAINYARD_URL: "http://127.0.0.1:1", TRAINYARD_TOKEN: "t" },
  });

  assert.equal(status, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /comand/);
  assert.match(stderr, /instance_count/);
});

/** Its result is a file's text, and -o is where that goes. */
const printsNoDocument = ["job convert"];

test("every command has a summary, an example and the common options", async () => {
  for (const { words } of commands) {
    const root = await buildProgram(words.split(" "), aContext(keptIo()), () => {});
    const leaf = words
      .split(" ")
      .reduce((at, word) => at.commands.find((one) => one.name() === word) ?? at, root);
    const leaves = leaf.commands.length > 0 ? leaf.commands : [leaf];

    for (const command of leaves) {
      assert.notEqual(command.summary(), "", words);
      assert.ok(
        printsNoDocument.includes(words) || command.options.some(({ long }) => long === "--query"),
        words,
      );
    }
  }
});

test("no command begins a server only to say that the words are wrong or to give help", () => {
  run(["job", "list", "--wrong"]);
  run(["job", "create", "--help"]);
  run(["server", "status"]);

  assert.equal(run(["server", "status", "--query", "running", "-o", "tsv"]).stdout, "False\n");
});
