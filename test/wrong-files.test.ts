// Hundreds of malformed job files through the real command line: each a clear message and exit code 1, none a job.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { malformedFiles } from "./malformed-yaml.ts";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

describe("malformed job files", () => {
  let home: TestHome;
  let files: string[];

  before(async () => {
    home = await openTestHome();
    files = await malformedFiles(home.work);
  });
  after(() => home[Symbol.asyncDispose]());

  it("there are at least two hundred of them", () => {
    assert.ok(files.length >= 200, `${files.length} files`);
  });

  it("each ends with exit code 1 and a message, never with a stack trace or anything on stdout", async () => {
    const left = [...files];
    const wrong: string[] = [];
    const worker = async () => {
      for (let file = left.pop(); file !== undefined; file = left.pop()) {
        const { code, stdout, stderr } = await home.run("job", "create", "-f", file);
        const clear =
          code === 1 && stdout === "" && stderr.trim() !== "" && !/\n\s+at .*:\d+:\d+/.test(stderr);
        if (!clear) wrong.push(`${file}: exit ${code}\n${stdout}${stderr.slice(0, 400)}`);
      }
    };
    await Promise.all([worker(), worker()]);
    assert.deepEqual(wrong, []);
  });

  it("none of them became a job", async () => {
    const listed = await home.run("job", "list", "--include-archived");
    assert.equal(listed.code, 0, listed.stderr);
    assert.deepEqual(JSON.parse(listed.stdout), []);
  });
});
