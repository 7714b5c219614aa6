import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, open, readdir } from "node:fs/promises";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import type { RawRequestBody } from "../../api/endpoint.ts";
import { readText, ServerFault, Unreachable } from "../../api/client.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { Refused } from "../../core/refused.ts";

let server: TestServer;
const params = { run: "a" };
before(async () => {
  server = await startTestServer();
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a" })) } });
});
after(() => server[Symbol.asyncDispose]());

const append = (
  path: string,
  offset: number,
  body: RawRequestBody,
  more: { close?: string; alias?: string } = {},
) => server.client.appendArtifact({ params, query: { path, offset, ...more }, body });
const read = async (path: string, query: { start?: number; end?: number; follow?: string } = {}) =>
  readText(await server.client.readArtifact({ params, query: { path, ...query } }));
const find = async (path: string) => {
  const { artifacts } = await server.client.listArtifacts({ params, query: { prefix: path } });
  return artifacts.find((artifact) => artifact.path === path);
};
const refusedWith = (code: string, expected?: number) => (error: unknown) =>
  error instanceof Refused &&
  error.code === code &&
  (expected === undefined || error.details?.["expected"] === expected);

/** Reads a followed file piece by piece; `rest` waits for its end. */
function follow(path: string, start = 0) {
  let text = "";
  let told = () => {};
  const rest = (async () => {
    for await (const chunk of await server.client.readArtifact({
      params,
      query: { path, start, follow: "true" },
    })) {
      text += Buffer.from(chunk).toString();
      told();
    }
    return text;
  })();
  const until = async (wanted: string) => {
    while (!text.endsWith(wanted)) await new Promise<void>((resolve) => (told = resolve));
  };
  return { rest, until };
}

test("Appended bytes are there; bytes sent again are dropped; a gap is refused with where to go on", async () => {
  assert.equal((await append("log", 0, "hello ")).sizeBytes, 6);
  assert.equal((await append("log", 6, "world")).sizeBytes, 11);
  assert.equal((await append("log", 0, "hello ")).sizeBytes, 11, "all of it known");
  assert.equal((await append("log", 3, "XX world!")).sizeBytes, 12, "the last byte is new");
  await assert.rejects(append("log", 13, "x"), refusedWith("conflict", 12));
  await assert.rejects(append("never-seen", 1, "x"), refusedWith("conflict", 0));

  assert.equal(await read("log"), "hello world!");
});

test("Many writers of the same bytes leave them there once", async () => {
  const text = Array.from({ length: 2000 }, (_, index) => `line ${index}\n`).join("");
  const pieces = Array.from({ length: 20 }, (_, index) => index * 800);

  await Promise.all(
    [1, 2, 3].map(async () => {
      for (const offset of pieces) {
        await append("shared", offset, text.slice(offset, offset + 800)).catch((error: unknown) => {
          if (!(error instanceof Refused)) throw error;
        });
      }
    }),
  );

  const got = await read("shared");
  assert.equal(got, text.slice(0, got.length));
  assert.equal(got.length, 16_000);
});

test("Closing makes a file complete and durable, and says so in the list", async () => {
  await append("closed", 0, "abc");
  assert.equal((await find("closed"))?.growing, true);

  const answer = await append("closed", 3, "def", { close: "true" });

  assert.deepEqual(answer, { sizeBytes: 6, durableBytes: 6 });
  const artifact = await find("closed");
  assert.deepEqual([artifact?.growing, artifact?.sizeBytes], [false, 6]);
  assert.equal(await read("closed"), "abcdef");
});

test("A complete file stays complete when its bytes come again, and grows again with new ones", async () => {
  await append("again", 0, "abc", { close: "true" });

  await append("again", 0, "abc");
  await append("again", 0, "");
  assert.equal((await find("again"))?.growing, false);
  await append("again", 3, "d");
  assert.equal((await find("again"))?.growing, true);
  await append("again", 4, "", { close: "true" });

  assert.equal(await read("again"), "abcd");
  assert.equal((await find("again"))?.sizeBytes, 4);
});

test("An empty file is a file", async () => {
  await append("empty-log", 0, "", { close: "true" });
  await server.client.putArtifact({ params, query: { path: "empty" }, body: "" });

  for (const path of ["empty-log", "empty"]) {
    assert.equal((await find(path))?.sizeBytes, 0);
    assert.equal(await read(path), "");
    assert.equal(await read(path, { follow: "true" }), "");
    assert.equal(await read(path, { start: 5, end: 9 }), "");
  }
});

test("A second name shows the same bytes while they grow, and takes none itself", async () => {
  await append("user_logs/std_log.txt", 0, "abc", { alias: "azureml-logs/70_driver_log.txt" });
  await append("user_logs/std_log.txt", 3, "def", { alias: "azureml-logs/70_driver_log.txt" });

  assert.equal(await read("azureml-logs/70_driver_log.txt"), "abcdef");
  const alias = await find("azureml-logs/70_driver_log.txt");
  assert.deepEqual([alias?.aliasOf, alias?.sizeBytes, alias?.growing], ["user_logs/std_log.txt", 6, true]);
  await assert.rejects(append("azureml-logs/70_driver_log.txt", 6, "x"), refusedWith("immutable"));
});

test("Any part of a file can be read, and parts beyond its end are empty", async () => {
  await server.client.putArtifact({ params, query: { path: "blob" }, body: "0123456789" });
  await append("grown", 0, "0123456789");

  for (const path of ["blob", "grown"]) {
    assert.equal(await read(path, { start: 3 }), "3456789");
    assert.equal(await read(path, { start: 3, end: 5 }), "34");
    assert.equal(await read(path, { end: 100 }), "0123456789");
    assert.equal(await read(path, { start: 10 }), "");
    assert.equal(await read(path, { start: 99, end: 100 }), "");
    assert.equal(await read(path, { start: 5, end: 2 }), "");
  }
});

test("A file put again replaces the first; the list and the bytes are the newer's", async () => {
  const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
  await server.client.putArtifact({ params, query: { path: "model" }, body: "one" });
  const second = await server.client.putArtifact({ params, query: { path: "model" }, body: "second" });

  assert.deepEqual([second.hash, second.sizeBytes], [hashOf("second"), 6]);
  assert.equal(await read("model"), "second");
  const { replaced } = await server.client.linkArtifact({
    params,
    body: { artifacts: [{ path: "model", hash: hashOf("one") }] },
  });
  assert.deepEqual(replaced, ["model"]);
  assert.equal(await read("model"), "one");
});

test("A whole file takes a growing one's place, and cannot be appended to", async () => {
  await append("swap", 0, "growing");

  await server.client.putArtifact({ params, query: { path: "swap" }, body: "whole" });

  assert.equal(await read("swap"), "whole");
  await assert.rejects(append("swap", 5, "more"), refusedWith("immutable"));
  assert.equal(await read("swap"), "whole");
});

test("A name for bytes that are not stored is refused, with all the others of the request", async () => {
  const hash = "f".repeat(64);
  const known = (await server.client.putArtifact({ params, query: { path: "known" }, body: "x" })).hash!;

  await assert.rejects(
    server.client.linkArtifact({
      params,
      body: {
        artifacts: [
          { path: "half-a", hash: known },
          { path: "half-b", hash },
        ],
      },
    }),
    refusedWith("not-found"),
  );

  assert.equal(await find("half-a"), undefined);
});

/** Sends the head and a part of the body, and goes away when the server has taken it in. */
async function breakOff(target: string, sizeBytes: number, part: Buffer): Promise<void> {
  const { hostname, port, host } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const head = `PUT ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${server.token}\r\nContent-Length: ${sizeBytes}\r\n\r\n`;
  await new Promise<void>((resolve) => socket.write(head, () => resolve()));
  await new Promise<void>((resolve) => socket.write(part, () => resolve()));
  socket.destroy();
  await once(socket, "close");
}

test("An upload that breaks off leaves no file under the name", async () => {
  await breakOff("/api/v1/runs/a/artifacts?path=broken", 10 << 20, Buffer.alloc(3 << 20, "x"));

  // The next request of the same name waits for nothing, and finds what the broken one left: nothing.
  await assert.rejects(read("broken"), refusedWith("not-found"));
  await server.client.putArtifact({ params, query: { path: "broken" }, body: "whole" });
  assert.equal(await read("broken"), "whole");
});

test("An append that breaks off can be sent again from where the server stands", async () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, index) => `line ${index}\n`).join(""));
  await breakOff(
    "/api/v1/runs/a/artifacts/append?path=resumed&offset=0",
    bytes.length,
    bytes.subarray(0, 3_000_000),
  );

  // Nobody knows how much arrived: a probe far beyond is told where to go on.
  const expected = await append("resumed", Number.MAX_SAFE_INTEGER, "").then(
    () => assert.fail("a gap was taken"),
    (error: unknown) => (error as Refused).details?.["expected"] as number,
  );
  assert.ok(expected <= 3_000_000);
  await append("resumed", expected, bytes.subarray(expected), { close: "true" });

  assert.equal(await read("resumed"), bytes.toString());
});

test("A follower sees every byte as it comes, whenever it joins, and ends when the file is closed", async () => {
  await append("followed", 0, "one ");
  const early = follow("followed");
  await early.until("one ");
  await append("followed", 4, "two ");
  await early.until("two ");
  const late = follow("followed", 4);
  await late.until("two ");
  await append("followed", 8, "three", { close: "true" });

  assert.equal(await early.rest, "one two three");
  assert.equal(await late.rest, "two three");
  assert.equal(await follow("followed").rest, "one two three");
});

test("A follower sees the bytes of one long append before it ends", async () => {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const first = Buffer.alloc(2 << 20, "a");
  async function* slowly() {
    yield first;
    await gate;
    yield Buffer.from("end");
  }
  await append("long", 0, "");
  const reader = follow("long");
  const sending = append("long", 0, slowly(), { close: "true" });

  await reader.until("a");
  goOn();
  await sending;

  const text = await reader.rest;
  assert.equal(text.length, first.length + 3);
  assert.ok(text.endsWith("end"));
});

test("A slow follower is not cut off when the writer closes the file", async () => {
  const size = 24 << 20;
  await append("slow", 0, Buffer.alloc(size, "x"));
  const body = await server.client.readArtifact({ params, query: { path: "slow", follow: "true" } });
  const iterator = body[Symbol.asyncIterator]();
  let total = (await iterator.next()).value?.byteLength ?? 0;

  await append("slow", size, "end", { close: "true" });
  for (let next = await iterator.next(); !next.done; next = await iterator.next())
    total += next.value.byteLength;

  assert.equal(total, size + 3);
});

test("A follower ends when the run ends, though nobody closed the file", async () => {
  const agent = await startFakeAgent(server);
  const name = "forgetful";
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name })) } });
  const { attempt } = await agent.orderFor(name);
  await server.client.appendArtifact({
    params: { run: name },
    query: { path: "log", offset: 0 },
    body: "all",
  });
  const body = server.client.readArtifact({ params: { run: name }, query: { path: "log", follow: "true" } });

  await agent.end(attempt, "process-vanished");

  assert.equal(await readText(await body), "all");
});

test("Followers that went away are forgotten: nothing waits for them any more", async (t) => {
  await append("watched", 0, "x");
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const leave = new AbortController();
  const bodies = await Promise.all(
    Array.from({ length: 20 }, () =>
      server.client.readArtifact(
        { params, query: { path: "watched", follow: "true" } },
        { signal: leave.signal },
      ),
    ),
  );
  const readers = bodies.map((body) => readText(body).catch(() => {}));
  await t.waitFor(() => assert.ok(timers() >= before + 20));

  leave.abort();
  await Promise.all(readers);

  await t.waitFor(() => assert.ok(timers() < before + 10), { timeout: 1500 });
});

test("Bytes that were damaged on the disk are never given out as whole, and the server goes on", async () => {
  const bytes = Buffer.alloc(3 << 20, "d");
  await server.client.putArtifact({ params, query: { path: "damaged" }, body: bytes });
  const hash = (await find("damaged"))!.hash!;
  const names = await readdir(join(server.home, "blobs"), { recursive: true });
  const name = names.find(
    (one) => basename(one).includes(hash.slice(2)) || one.replaceAll("/", "").includes(hash),
  );
  assert.ok(name, "a large blob is a file of its own");
  const file = join(server.home, "blobs", name);
  await chmod(file, 0o600);
  await using handle = await open(file, "r+");
  await handle.write(Buffer.from("X"), 0, 1, bytes.length - 10);

  await assert.rejects(
    read("damaged"),
    (error) => error instanceof Unreachable || error instanceof ServerFault,
  );

  assert.equal((await server.client.health({})).status, "ok");
});

test("Listing goes page by page, in the order of names", async () => {
  const names = Array.from({ length: 7 }, (_, index) => `pages/${index}`);
  for (const path of names) await server.client.putArtifact({ params, query: { path }, body: "same" });

  const seen: string[] = [];
  let after = "";
  for (let more = true; more;) {
    const page = await server.client.listArtifacts({ params, query: { prefix: "pages/", after, limit: 3 } });
    seen.push(...page.artifacts.map((artifact) => artifact.path));
    after = page.next ?? "";
    more = page.next !== null;
  }

  assert.deepEqual(seen, names);
});
