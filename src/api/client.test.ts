import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { aSpec } from "../../test/support/specs.ts";
import { startTestServer } from "../../test/support/test-server.ts";
import { Refused } from "../core/refused.ts";
import { createClient, readText, ServerFault, Unreachable } from "./client.ts";
import type { Transport, TransportRequest } from "./client.ts";
import { createHttpTransport } from "./http-transport.ts";
import { asWireSpec } from "./job-spec.ts";

/** A client whose every request is answered like this, and the requests that it made. */
function clientAnswered(status: number, body: unknown) {
  const requests: TransportRequest[] = [];
  const transport: Transport = async (request) => {
    requests.push(request);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return {
      status,
      headers: {},
      body: (async function* () {
        yield Buffer.from(text);
      })(),
    };
  };
  return { client: createClient(transport, "secret"), requests };
}

/** A client of a server that answers each request like this. */
async function clientOf(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const transport = createHttpTransport(`http://127.0.0.1:${port}`);
  return {
    client: createClient(transport, "secret"),
    async [Symbol.asyncDispose]() {
      transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("A request is made as the contract says: method, path, query, token, JSON", async () => {
  const { client, requests } = clientAnswered(200, { deleted: true });

  await client.deleteCompute({ params: { compute: "a/b ?#%" } });
  await client.readArtifact({ params: { run: "r" }, query: { path: "a b/ü&c", start: 3, end: undefined } });
  await client.updateJob({ params: { run: "r" }, body: { tags: { a: null } } }).catch(() => {});

  assert.deepEqual(
    requests.map(({ method, target }) => [method, target]),
    [
      ["DELETE", "/api/v1/computes/a%2Fb%20%3F%23%25"],
      ["GET", "/api/v1/runs/r/artifacts/content?path=a+b%2F%C3%BC%26c&start=3"],
      ["PATCH", "/api/v1/jobs/r"],
    ],
  );
  assert.equal(requests[0]?.headers["authorization"], "Bearer secret");
  assert.deepEqual(
    [requests[2]?.headers["content-type"], requests[2]?.body],
    ["application/json", '{"tags":{"a":null}}'],
  );
});

test("A problem below 500 becomes Refused, with its code, hint and details", async () => {
  const { client } = clientAnswered(409, {
    title: "the file has 3 bytes",
    status: 409,
    code: "conflict",
    hint: "go on from there",
    details: { expected: 3 },
  });

  await assert.rejects(client.getWorkspace({}), (error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual(
      [error.code, error.message, error.hint, error.details],
      ["conflict", "the file has 3 bytes", "go on from there", { expected: 3 }],
    );
    return true;
  });
});

test("A problem of 500 and above becomes ServerFault, with the id that the server's log has", async () => {
  const { client } = clientAnswered(507, {
    title: "the disk is full",
    status: 507,
    code: "disk-full",
    errorId: "e-1",
  });

  await assert.rejects(client.getWorkspace({}), (error) => {
    assert.ok(error instanceof ServerFault);
    assert.deepEqual([error.status, error.message], [507, "the disk is full (error e-1)"]);
    return true;
  });
});

test("An error that is no problem of ours becomes ServerFault with the beginning of what was said", async () => {
  for (const status of [400, 404, 502]) {
    const { client } = clientAnswered(status, "<html>Bad Gateway</html>");

    await assert.rejects(
      client.getWorkspace({}),
      (error) => error instanceof ServerFault && error.status === status && error.message.includes("<html>"),
    );
  }
});

test("An answer of another version becomes Unreachable", async () => {
  for (const body of ["not json", { status: "ok" }, { status: "fine", version: "1" }, null]) {
    const { client } = clientAnswered(200, body);

    await assert.rejects(client.health({}), Unreachable);
  }
});

test("A server that is not there becomes Unreachable, with the cause", async () => {
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const client = createClient(createHttpTransport(`http://127.0.0.1:${port}`), "secret");

  await assert.rejects(client.health({}), (error) => {
    assert.ok(error instanceof Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
    return true;
  });
});

test("A server that hangs up before it answers becomes Unreachable", async () => {
  await using near = await clientOf((request) => request.socket.destroy());

  await assert.rejects(near.client.health({}), Unreachable);
});

test("An answer that breaks off becomes Unreachable, of JSON and of bytes, in the middle of reading", async () => {
  await using near = await clientOf((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  });

  await assert.rejects(near.client.health({}), Unreachable);
  const body = await near.client.getBlob({ params: { hash: "a".repeat(64) } });
  await assert.rejects(readText(body), Unreachable);
});

test("A call that is given up ends at once with the caller's own reason, before an answer and in the middle of one", async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  await using near = await clientOf((request, response) => {
    if (request.url === "/healthz") return asked();
    response.writeHead(200);
    response.write("beginning");
  });
  const stop = new AbortController();

  const waiting = near.client.health({}, { signal: stop.signal });
  const body = await near.client.getBlob({ params: { hash: "a".repeat(64) } }, { signal: stop.signal });
  await isAsked;
  const reason = new Error("the caller has other plans");
  stop.abort(reason);

  await assert.rejects(waiting, reason);
  await assert.rejects(readText(body), reason);
});

test("A hundred megabytes go through client and server, there and back, in constant memory", async () => {
  await using server = await startTestServer();
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a" })) } });
  const params = { run: "a" };
  const piece = Buffer.alloc(1 << 20, "x");
  async function* hundred() {
    for (let index = 0; index < 100; index++) yield piece;
  }
  const before = process.memoryUsage().rss;
  let most = 0;
  const note = () => (most = Math.max(most, process.memoryUsage().rss));

  const stored = await server.client.putArtifact({ params, query: { path: "big" }, body: hundred() });
  note();
  await server.client.appendArtifact({ params, query: { path: "log", offset: 0 }, body: hundred() });
  note();
  const totals: number[] = [];
  for (const path of ["big", "log"]) {
    let total = 0;
    for await (const chunk of await server.client.readArtifact({ params, query: { path } })) {
      total += chunk.byteLength;
      note();
    }
    totals.push(total);
  }

  assert.equal(stored.sizeBytes, 100 << 20);
  assert.deepEqual(totals, [100 << 20, 100 << 20]);
  assert.ok(most - before < 150 << 20, `grew by ${(most - before) >> 20} MiB for 400 MiB of traffic`);
});
