import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { endpoints, sendBytes, sendRaw, targetOf } from "../../../test/support/raw-request.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer({ allowedHosts: ["train.example"] });
});
after(() => server[Symbol.asyncDispose]());

const port = () => new URL(server.url).port;
const statusFor = async (headers: Record<string, string>, method = "GET", target = "/api/v1/workspace") =>
  (
    await sendRaw(server.url, {
      method,
      target,
      headers: { authorization: `Bearer ${server.token}`, ...headers },
    })
  ).status;

test("Requests to the server's own names are taken, in any case", async () => {
  for (const name of ["127.0.0.1", "localhost", "LocalHost", "[::1]"]) {
    assert.equal(await statusFor({ host: `${name}:${port()}` }), 200, name);
  }
});

test("Requests to any other name are refused, which stops a page from renaming itself to this machine", async () => {
  const hosts = [
    "evil.example",
    `evil.example:${port()}`,
    `127.0.0.1.nip.io:${port()}`,
    `localhost.evil.example:${port()}`,
    `evil-localhost:${port()}`,
    `127.1:${port()}`,
    `2130706433:${port()}`,
    `0x7f000001:${port()}`,
    `0.0.0.0:${port()}`,
    `[::]:${port()}`,
    `localhost.:${port()}`,
  ];
  for (const host of hosts) assert.equal(await statusFor({ host }), 403, host);
});

test("The server's name with another port, or with none, is refused", async () => {
  for (const host of [
    "127.0.0.1",
    "localhost",
    "127.0.0.1:80",
    "127.0.0.1:1",
    `localhost:${Number(port()) - 1}`,
  ]) {
    assert.equal(await statusFor({ host }), 403, host);
  }
});

test("Names that are none are refused", async () => {
  for (const host of [
    `127.0.0.1:${port()},evil.example`,
    `user@127.0.0.1:${port()}`,
    `127.0.0.1:${port()}/x`,
    "127.0.0.1:port",
    `localhost:${port()}0`,
    `[::ffff:127.0.0.1]:${port()}`,
    ":",
    " ",
  ]) {
    const status = await statusFor({ host });
    assert.ok([400, 403].includes(status), `${host} is answered with ${status}`);
  }
});

test("A request without a Host header is refused in both versions of HTTP", async () => {
  assert.equal(await sendBytes(server.url, "GET /healthz HTTP/1.1\r\n\r\n"), 400);
  assert.equal(await sendBytes(server.url, "GET /healthz HTTP/1.0\r\n\r\n"), 400);
});

test("A name that the server was started with is taken, with any port", async () => {
  assert.equal(await statusFor({ host: "train.example" }), 200);
  assert.equal(await statusFor({ host: "TRAIN.example:443" }), 200);
  assert.equal(await statusFor({ host: "train.example.evil.example" }), 403);
});

test("A foreign Host is refused on every endpoint, before its token is looked at", async () => {
  for (const [id, shape] of endpoints) {
    assert.equal(await statusFor({ host: "evil.example" }, shape.method, targetOf(shape)), 403, id);
    assert.equal(
      await statusFor({ host: "evil.example", authorization: "" }, shape.method, targetOf(shape)),
      403,
      id,
    );
  }
  assert.equal(await statusFor({ host: "evil.example" }, "GET", "/nowhere"), 403);
  assert.equal(await statusFor({ host: "evil.example" }, "OPTIONS", "/api/v1/jobs"), 403);
});

test("Requests from foreign pages are refused on every endpoint and method", async () => {
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `http://127.0.0.1:${port()}.evil.example` },
    { origin: `http://evil.example:${port()}` },
    { origin: "http://localhost" },
    { origin: "" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const [id, shape] of endpoints) {
    for (const headers of foreign) {
      const status = await statusFor(headers, shape.method, targetOf(shape));
      assert.equal(status, 403, `${id} with ${JSON.stringify(headers)}`);
    }
  }
});

test("Requests from the server's own pages, and from no page, are taken", async () => {
  for (const headers of [
    { origin: `http://127.0.0.1:${port()}` },
    { origin: `http://localhost:${port()}`, "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ]) {
    assert.equal(await statusFor(headers), 200, JSON.stringify(headers));
  }
});

test("No answer allows a foreign page to read it, and a browser's question beforehand gets no yes", async () => {
  const target = "/api/v1/jobs";
  const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };

  const asked = await sendRaw(server.url, { method: "OPTIONS", target, headers });

  assert.equal(asked.status, 403);
  assert.equal(asked.headers["access-control-allow-origin"], undefined);
});

test("Answers are never stored by a cache nor guessed to be another type", async () => {
  const authorization = `Bearer ${server.token}`;
  const targets = ["/healthz", "/api/v1/workspace", "/api/v1/jobs/nobody", "/metrics"];
  for (const target of targets) {
    const { headers } = await sendRaw(server.url, { method: "GET", target, headers: { authorization } });
    assert.equal(headers["x-content-type-options"], "nosniff", target);
  }
});
