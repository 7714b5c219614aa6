import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { malformedFiles, wholeJobs } from "../../../test/malformed-yaml.ts";
import { InvalidFile } from "./problem.ts";
import { readComputeFile } from "../assets/read-compute.ts";
import { readJobFile } from "../read-job.ts";

const options = { defaultExperiment: "demo" };

describe("a file that is no job", () => {
  let folder = "";
  let files: string[] = [];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "malformed-"));
    files = await malformedFiles(folder);
  });
  after(() => rm(folder, { recursive: true }));

  it("comes in at least two hundred kinds", () => {
    assert.ok(files.length >= 200, `${files.length}`);
  });

  it("is refused with problems that each say where, and with nothing else", async () => {
    for (const file of files) {
      const error = await errorOf(() => readJobFile(file, options));
      const name = path.basename(file);

      assert.ok(
        error instanceof InvalidFile,
        `${name}: ${error instanceof Error ? error.stack : "was accepted"}`,
      );
      assert.ok(error.problems.length > 0, name);
      for (const problem of error.problems) {
        assert.notEqual(problem.message, "", name);
        assert.ok(
          problem.line !== undefined || problem.path !== "" || isWholeFile(problem.message),
          `${name}: ${error.message}`,
        );
      }
      assert.ok(error.message.length < 50_000, `${name} is told in ${error.message.length} characters`);
      assert.doesNotMatch(error.message, /\n\s+at |undefined|\[object/, name);
    }
  });

  it("is no compute either", async () => {
    for (const file of files) {
      const error = await errorOf(() => readComputeFile(file));

      assert.ok(error instanceof InvalidFile, `${path.basename(file)}: ${String(error)}`);
    }
  });

  it("was right before it was spoiled", async () => {
    for (const job of wholeJobs) {
      const file = path.join(folder, "whole.yml");
      await writeFile(file, job);

      assert.equal(await errorOf(() => readJobFile(file, options)), undefined);
    }
  });
});

/** What is said of a file that cannot be read has no place in it. */
const isWholeFile = (message: string): boolean =>
  /^(is a directory|is too large|is UTF-16|No such file)/.test(message);

async function errorOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error;
  }
}
