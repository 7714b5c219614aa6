import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { sendRaw } from "../../test/support/raw-request.ts";
import { startTestServer } from "../../test/support/test-server.ts";
import type { TestServer } from "../../test/support/test-server.ts";

describe("the schemas for editors", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server[Symbol.asyncDispose]());

  const get = (name: string, headers: Record<string, string> = {}) =>
    sendRaw(server.url, { method: "GET", target: `/schemas/${name}`, headers });

  it("are answered without a token, with the bytes that the package ships", async () => {
    const answer = await get("command-job.schema.json");

    assert.equal(answer.status, 200);
    const shipped = new URL("../../schemas/command-job.schema.json", import.meta.url);
    assert.equal(answer.text, readFileSync(shipped, "utf8"));
  });

  it("are not there under any other name, and the answer names those that are", async () => {
    for (const name of ["command-job", "nothing.schema.json", "__proto__.schema.json", "..%2Fpackage.json"]) {
      const answer = await get(name);
      assert.equal(answer.status, 404, name);
    }
    assert.match((await get("x.schema.json")).text, /command-job-a\.schema\.json/);
  });

  it("are not for pages of other sites", async () => {
    const answer = await get("command-job.schema.json", { origin: "https://elsewhere.example" });
    assert.equal(answer.status, 403);
  });
});
