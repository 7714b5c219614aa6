import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leaveOut, readDockerIgnore } from "./docker-ignore.ts";

const paths = [
  "Dockerfile",
  "README.md",
  "README-secret.md",
  "main.go",
  "temp",
  "tempa",
  "tempb/x",
  "some/temp/file",
  "some/deep/temp",
  "some/temporary.txt",
  "docs/a.md",
  "docs/deep/b.md",
  "[x]",
];
const left = (...lines: string[]): string[] =>
  paths.filter((path) => !readDockerIgnore(lines.join("\n"))(path));
const out = (...lines: string[]): string[] =>
  paths.filter((path) => readDockerIgnore(lines.join("\n"))(path));

describe("readDockerIgnore", () => {
  it("leaves out what Docker's own examples say", () => {
    assert.deepEqual(out("# comment", "*/temp*"), ["some/temp/file", "some/temporary.txt"]);
    assert.deepEqual(out("*/*/temp*"), ["some/deep/temp"]);
    assert.deepEqual(out("temp?"), ["tempa", "tempb/x"]);
    assert.deepEqual(out("*.md", "!README.md"), ["README-secret.md"]);
    assert.deepEqual(out("*.md", "!README*.md", "README-secret.md"), ["README-secret.md"]);
    assert.deepEqual(out("*.md", "README-secret.md", "!README*.md"), []);
  });

  it("matches any number of folders by two stars", () => {
    assert.deepEqual(out("**/*.md"), ["README.md", "README-secret.md", "docs/a.md", "docs/deep/b.md"]);
    assert.deepEqual(out("**/temp"), ["temp", "some/temp/file", "some/deep/temp"]);
    assert.deepEqual(out("docs/**"), ["docs/a.md", "docs/deep/b.md"]);
    assert.deepEqual(left("**", "!main.go"), ["main.go"]);
  });

  it("begins at the root, however the pattern is written, and takes a folder with all below it", () => {
    assert.deepEqual(out("/docs/"), ["docs/a.md", "docs/deep/b.md"]);
    assert.deepEqual(out("./docs//deep"), ["docs/deep/b.md"]);
    assert.deepEqual(out("docs/x/../deep"), ["docs/deep/b.md"]);
    assert.deepEqual(out("a.md"), []);
  });

  it("brings a file of a left-out folder back, as git does not", () => {
    assert.deepEqual(out("docs", "!docs/deep/b.md"), ["docs/a.md"]);
  });

  it("knows sets and escapes, and says which line is none", () => {
    assert.deepEqual(out("temp[a-c]"), ["tempa", "tempb/x"]);
    assert.deepEqual(out("\\[x\\]"), ["[x]"]);
    assert.deepEqual(out("", "  ", "."), []);
    assert.throws(
      () => readDockerIgnore("ok\ntemp[c-a]"),
      /\.dockerignore, line 2: "temp\[c-a\]" is not a pattern/,
    );
  });
});

describe("leaveOut", () => {
  const file = (path: string, text = "") => {
    const from = Buffer.from(text);
    return { path, from, sizeBytes: from.length, executable: false };
  };
  const kept = async (...files: ReturnType<typeof file>[]) =>
    (await leaveOut(files, "ci/Dockerfile")).map(({ path }) => path);

  it("goes by the file at the root, and by a Dockerfile's own before it", async () => {
    const root = file(".dockerignore", "*.csv");
    const own = file("ci/Dockerfile.dockerignore", "*.txt");
    const others = [file("a.csv"), file("b.txt")];
    assert.deepEqual(await kept(...others), ["a.csv", "b.txt"]);
    assert.deepEqual(await kept(root, ...others), [".dockerignore", "b.txt"]);
    assert.deepEqual(await kept(root, own, ...others), [root.path, own.path, "a.csv"]);
  });
});
