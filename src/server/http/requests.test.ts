import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sendBytes, sendRaw } from "../../../test/support/raw-request.ts";
import type { RawRequest } from "../../../test/support/raw-request.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { problemSchema } from "../../api/problem.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a" })) } });
});
after(() => server[Symbol.asyncDispose]());

const send = (request: RawRequest) =>
  sendRaw(server.url, {
    ...request,
    headers: { authorization: `Bearer ${server.token}`, ...request.headers },
  });
const postJob = (body: RawRequest["body"] & {}, type = "application/json") =>
  send({ method: "POST", target: "/api/v1/jobs", headers: { "content-type": type }, body });
const specText = (name: string) => JSON.stringify({ spec: aSpec({ name }) });
const mebibyte = Buffer.alloc(1 << 20, " ");
async function* mebibytes(count: number) {
  for (let index = 0; index < count; index++) yield mebibyte;
}

test("JSON is taken only when it says that it is JSON", async () => {
  const wrong = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "text/json",
    "",
    " application/xml",
  ];
  for (const [index, type] of wrong.entries()) {
    const answer = await postJob(specText(`type-${index}`), type);
    assert.equal(answer.status, 400, type);
    assert.match(answer.text, /application\/json/);
  }
  const none = await send({ method: "POST", target: "/api/v1/jobs", body: specText("no-type") });
  assert.equal(none.status, 400);
  for (const [index, type] of ["application/json", "Application/JSON; charset=utf-8"].entries()) {
    assert.equal((await postJob(specText(`right-${index}`), type)).status, 200, type);
  }
});

test("A body that is no JSON, or none of ours, is refused with what is wrong", async () => {
  const bodies = ["", "{", "nul", "[]", "null", "1", '"x"', '{"spec":null}', "{'spec':{}}", "\u0000", "{}}"];
  for (const body of bodies) {
    const { status, text } = await postJob(body);
    assert.equal(status, 400, body);
    const problem = problemSchema.parse(JSON.parse(text));
    assert.equal(problem.code, "invalid");
    assert.ok(
      problem.title.startsWith("the body is not JSON") || problem.title.startsWith("body"),
      problem.title,
    );
  }
});

test("Everything that is wrong is told at once, each with its place", async () => {
  const spec = { ...aSpec(), experimentName: "a/b", compute: { target: "!", instanceCount: 0 } };

  const { text } = await postJob(JSON.stringify({ spec }));

  const { details } = problemSchema.parse(JSON.parse(text));
  const places = (details!["problems"] as string[]).map((line) => line.split(":")[0]);
  assert.deepEqual(
    new Set(places),
    new Set(["body.spec.experimentName", "body.spec.compute.target", "body.spec.compute.instanceCount"]),
  );
});

test("A body over the limit is refused, whether it tells its length or not, and nothing of it is kept in memory", async () => {
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10);

  const chunked = await postJob(mebibytes(200));
  const told = await postJob(Buffer.alloc(9 << 20, " "));
  const records = await send({
    method: "PUT",
    target: "/api/v1/runs/a/records?stream=x&offset=0",
    body: mebibytes(50),
  });

  clearInterval(watch);
  for (const answer of [chunked, told, records]) {
    assert.equal(answer.status, 413);
    assert.match(answer.text, /too-large/);
  }
  // The limits are 8 MiB; the rest is what buffers and the collector of a busy process may take.
  assert.ok(most - before < 120 << 20, `grew by ${(most - before) >> 20} MiB`);
});

test("A length that is announced and over the limit is refused before any of it is sent", async () => {
  const { host } = new URL(server.url);
  const head = [
    "POST /api/v1/jobs HTTP/1.1",
    `Host: ${host}`,
    `Authorization: Bearer ${server.token}`,
    "Content-Type: application/json",
    `Content-Length: ${1 << 30}`,
  ];

  assert.equal(await sendBytes(server.url, `${head.join("\r\n")}\r\n\r\n`), 413);
});

test("The connection goes on after a refused body", async () => {
  await server.client
    .appendRecords({ params: { run: "a" }, query: { stream: "big", offset: 0 }, body: mebibytes(12) })
    .then(() => assert.fail("taken"))
    .catch(() => {});

  const offsets = await server.client.recordOffset({ params: { run: "a" } });

  assert.deepEqual(offsets.streams, {});
});

test("JSON that nests without end is refused, wherever it nests", async () => {
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
  const inIdentity = (value: string) =>
    specText("deep").replace('"kind":"command"', `"kind":"command","identity":{"x":${value}}`);
  for (const depth of [101, 10_000, 200_000]) {
    assert.equal((await postJob(nested("[", "]", depth))).status, 400);
    assert.equal((await postJob(inIdentity(nested("[", "]", depth)))).status, 400);
    assert.equal((await postJob(inIdentity(nested('{"a":', "}", depth).replace(":}", ":1}")))).status, 400);
  }
  const part = specText("deep-part").replace(
    '"parts":[',
    `"parts":[${'{"optional":['.repeat(60_000)}${"]}".repeat(60_000)},`,
  );
  assert.equal((await postJob(part)).status, 400);
});

test("Nesting that is deep but sane is taken, and brackets inside texts do not count", async () => {
  const identity = {
    text: "[{".repeat(500) + '\\"[',
    list: JSON.parse("[".repeat(50) + "]".repeat(50)) as unknown,
  };

  const job = await server.client.createJob({
    body: { spec: asWireSpec(aSpec({ name: "sane", identity })) },
  });

  assert.deepEqual(job.spec.identity, identity);
});

test("Keys that JavaScript's objects know are inert", async () => {
  const body = `{"tags":{"__proto__":"x","constructor":"y","toString":"z"},"__proto__":{"displayName":"bad"}}`;

  const { status, text } = await send({
    method: "PATCH",
    target: "/api/v1/jobs/a",
    headers: { "content-type": "application/json" },
    body,
  });

  assert.equal(status, 200);
  const job = JSON.parse(text) as { displayName: string; tags: Record<string, string> };
  assert.equal(job.displayName, "a");
  assert.equal(job.tags["constructor"], "y");
  assert.equal(job.tags["toString"], "z");
  assert.equal(({} as Record<string, unknown>)["displayName"], undefined);
  const polluting = await postJob('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  assert.equal(polluting.status, 400);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("A way that does not exist is answered with a problem, not with a page", async () => {
  for (const [method, target] of [
    ["POST", "/"],
    ["GET", "/api/v1/nothing"],
    ["DELETE", "/api/v1/jobs/a"],
    ["PATCH", "/healthz"],
    ["GET", "/api/v1/../../etc/passwd"],
    ["GET", "//evil.example/api/v1/jobs"],
  ] as const) {
    const { status, text, headers } = await send({ method, target });
    assert.equal(status, 404, `${method} ${target}`);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.equal(problemSchema.parse(JSON.parse(text)).code, "not-found");
  }
});
