import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { after, before, test } from "node:test";
import { sendRaw } from "../../../test/support/raw-request.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { readText } from "../../api/client.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { Refused } from "../../core/refused.ts";

let server: TestServer;
let homeAtFirst: string[];
const params = { run: "a" };
before(async () => {
  server = await startTestServer();
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a" })) } });
  homeAtFirst = (await readdir(server.home)).toSorted();
});
after(() => server[Symbol.asyncDispose]());

/** Names that lead, or could lead somebody, out of a folder. */
const refused = [
  "",
  ".",
  "..",
  "../../",
  "../x",
  "../../../../etc/passwd",
  "a/../../x",
  "a/..",
  "a/./b",
  "./a",
  "a/",
  "a//b",
  "..\\",
  "..\\..\\x",
  "a\\b",
  "/etc/passwd",
  "//host/x",
  "\\\\host\\x",
  "C:\\Windows",
  "....//....//x",
  "#/../x",
  "?/../x",
  "nul\0byte",
  "\0",
  "x".repeat(4097),
];

/** Names that look odd and lead nowhere: they are names like any other. */
const inert = [
  "%2e%2e%2f%2e%2e%2fx",
  "%252e%252e%252fx",
  "..;/x",
  "...",
  "a..b",
  "..a",
  "file:x",
  "file:/etc/passwd",
  "CON",
  "aux.txt",
  "dot.",
  "space ",
  "\u2024\u2024/x",
  "\uFF0E\uFF0E\uFF0Fx",
  "é",
  "e\u0301",
  "😀",
  "a#b?c=d&e",
  "~/x",
  "$(id)",
  "-rf",
  "new\nline",
  "x".repeat(4096),
];

const isInvalid = (error: unknown) => error instanceof Refused && error.code === "invalid";

test("Names that lead out of a folder are refused by everything that takes a name", async () => {
  const hash = (await server.client.putArtifact({ params, query: { path: "good" }, body: "x" })).hash!;
  for (const path of refused) {
    const said = JSON.stringify(path.slice(0, 40));
    const query = { path };
    await assert.rejects(server.client.putArtifact({ params, query, body: "x" }), isInvalid, said);
    await assert.rejects(
      server.client.appendArtifact({ params, query: { path, offset: 0 }, body: "x" }),
      isInvalid,
      said,
    );
    await assert.rejects(
      server.client.appendArtifact({ params, query: { path: "log", alias: path, offset: 0 }, body: "x" }),
      isInvalid,
      said,
    );
    await assert.rejects(server.client.readArtifact({ params, query }), isInvalid, said);
    await assert.rejects(
      server.client.linkArtifact({ params, body: { artifacts: [{ path, hash }] } }),
      isInvalid,
      said,
    );
    const manifest = (file: object, emptyDirectories: string[]) => ({
      version: 1 as const,
      files: [{ path: "x", hash, sizeBytes: 1, executable: false, ...file }],
      emptyDirectories,
    });
    await assert.rejects(server.client.putSnapshot({ body: manifest({ path }, []) }), isInvalid, said);
    await assert.rejects(server.client.putSnapshot({ body: manifest({}, [path]) }), isInvalid, said);
  }
});

test("Odd names that lead nowhere are kept and read back as they are", async () => {
  for (const [index, path] of inert.entries()) {
    await server.client.putArtifact({ params, query: { path }, body: `bytes ${index}` });
  }

  for (const [index, path] of inert.entries()) {
    const said = JSON.stringify(path.slice(0, 40));
    assert.equal(
      await readText(await server.client.readArtifact({ params, query: { path } })),
      `bytes ${index}`,
      said,
    );
    const { artifacts } = await server.client.listArtifacts({ params, query: { prefix: path } });
    assert.equal(artifacts[0]?.path, path, said);
  }
});

test("Names are decoded once, and broken encodings find nothing outside", async () => {
  for (const path of [
    "%2e%2e%2f%2e%2e%2ftoken",
    "..%2ftoken",
    "%2e%2e/token",
    "..%5ctoken",
    "%00",
    "a%00b",
    "%c0%ae%c0%ae/token",
    "%c0%ae%c0%ae%c0%aftoken",
    "%ff",
    "%",
    "%2",
    "+..%2f",
    "..%2f&path=good",
  ]) {
    const { status, text } = await sendRaw(server.url, {
      method: "GET",
      target: `/api/v1/runs/a/artifacts/content?path=${path}`,
      headers: { authorization: `Bearer ${server.token}` },
    });
    assert.ok(status === 400 || status === 404, `${path} is answered with ${status}`);
    assert.ok(!text.includes(server.token), path);
  }
});

test("After all that nothing new lies in the home folder, and nothing beside it", async () => {
  assert.deepEqual((await readdir(server.home)).toSorted(), homeAtFirst);
  assert.deepEqual(await readdir(dirname(server.home)), ["home"]);
});
