// Artifacts that come in parts, and uploads that break off: nothing half is ever visible.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { createRandom } from "../support/random.ts";
import { errorOf, useArtifacts } from "./artifact-files.ts";

const { call, get, put, run, server, urlOf } = useArtifacts();

describe("A file in parts", () => {
  const mpu = (step: string, body: object) =>
    call("POST", `/api/2.0/mlflow-artifacts/mpu/${step}/0/${run()}/artifacts/big`, body);
  const begin = async (path: string, parts: number) =>
    (await (await mpu("create", { path, num_parts: parts })).json()) as {
      upload_id: string;
      credentials: { url: string; part_number: number; headers: Record<string, string> }[];
    };
  /** As the client does it: with the headers it was given, and nothing else. */
  const sendPart = async (
    to: { url: string; part_number: number; headers: Record<string, string> },
    body: string,
  ) => {
    const response = await fetch(to.url, { method: "PUT", headers: to.headers, body });
    await response.bytes();
    return { part_number: to.part_number, etag: response.headers.get("etag")!, status: response.status };
  };
  const uploads = () => readdir(join(server().home, "uploads"));

  it("is seen when it is complete, whatever order its parts came in", async () => {
    const { upload_id, credentials } = await begin("/home/me/whole.bin", 3);
    const parts = [];
    for (const index of [2, 0, 1]) parts.push(await sendPart(credentials[index]!, `part ${index} `));
    parts[0] = await sendPart(credentials[2]!, "sent again");
    assert.equal((await get("big/whole.bin")).status, 404);

    const whole = { path: "/home/me/whole.bin", upload_id, parts };
    for (let times = 0; times < 2; times++) assert.deepEqual(await (await mpu("complete", whole)).json(), {});

    assert.equal(await (await get("big/whole.bin")).text(), "part 0 part 1 sent again");
    assert.deepEqual(await readdir(join(server().home, "uploads", upload_id)), ["upload.json"]);
  });

  it("is not taken with a part that is missing or another", async () => {
    const { upload_id, credentials } = await begin("no.bin", 2);
    const first = await sendPart(credentials[0]!, "one");
    const complete = (parts: object[]) => mpu("complete", { path: "no.bin", upload_id, parts });

    assert.equal(await errorOf(await complete([first])), "400 INVALID_PARAMETER_VALUE");
    const second = await sendPart(credentials[1]!, "two");
    const wrong = { ...second, etag: first.etag };
    assert.equal(await errorOf(await complete([first, wrong])), "400 INVALID_PARAMETER_VALUE");
    assert.equal((await get("big/no.bin")).status, 404);
    assert.equal((await complete([first, second])).status, 200);
    assert.equal(await (await get("big/no.bin")).text(), "onetwo");
  });

  it("leaves nothing when it is given up", async () => {
    const { upload_id, credentials } = await begin("gone.bin", 2);
    await sendPart(credentials[0]!, "one");

    assert.deepEqual(await (await mpu("abort", { path: "gone.bin", upload_id })).json(), {});

    assert.ok(!(await uploads()).includes(upload_id));
    assert.notEqual((await sendPart(credentials[1]!, "two")).status, 200);
    assert.equal((await get("big/gone.bin")).status, 404);
  });

  it("takes parts from who was given their key, and from nobody else", async () => {
    const { upload_id, credentials } = await begin("mine.bin", 1);
    const { url } = credentials[0]!;
    for (const headers of [{}, { "x-trainyard-part-key": "typ_wrong" }]) {
      assert.equal((await fetch(url, { method: "PUT", headers, body: "x" })).status, 401);
    }
    for (const number of ["0", "2", "x", "1e0"]) {
      const to = { ...credentials[0]!, url: url.replace(/1$/, number) };
      assert.equal((await sendPart(to, "x")).status, 400, number);
    }
    const elsewhere = { path: "other.bin", upload_id, parts: [] };
    assert.equal(await errorOf(await mpu("complete", elsewhere)), "404 RESOURCE_DOES_NOT_EXIST");
    for (const count of [0, -1, 10_001]) {
      const answer = await mpu("create", { path: "x", num_parts: count });
      assert.equal(await errorOf(answer), "400 INVALID_PARAMETER_VALUE");
    }
  });

  it("goes on after the server was started anew", async () => {
    const { upload_id, credentials } = await begin("restart.bin", 2);
    const first = await sendPart(credentials[0]!, "one");
    await server().restart();
    const { url } = credentials[1]!;
    const moved = { ...credentials[1]!, url: server().url + new URL(url).pathname };
    const second = await sendPart(moved, "two");

    assert.equal(
      (await mpu("complete", { path: "restart.bin", upload_id, parts: [first, second] })).status,
      200,
    );

    assert.equal(await (await get("big/restart.bin")).text(), "onetwo");
  });
});

/** Everything below the folder, by path. */
const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Sends these bytes and breaks off; resolves when the server has noticed. */
async function cutOff(bytes: Buffer, abruptly: boolean): Promise<void> {
  const { hostname, port } = new URL(server().url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  await once(socket, "connect");
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  const closed = once(socket, "close");
  if (abruptly) socket.resetAndDestroy();
  else socket.end();
  socket.resume();
  await closed;
}

describe("An upload that breaks off", () => {
  it("leaves nothing, at whatever byte, and the former file stays", async () => {
    await put("cut", "the former file");
    const before = await filesBelow(join(server().home, "blobs"));
    const random = createRandom(7);
    const content = randomBytes(300_000);
    const head = (length: string) =>
      `PUT ${urlOf("cut")} HTTP/1.1\r\nHost: ${new URL(server().url).host}\r\nAuthorization: Bearer ${server().token}\r\n${length}\r\n\r\n`;
    const size = content.length.toString(16);
    const kinds = [
      Buffer.concat([Buffer.from(head(`Content-Length: ${content.length}`)), content]),
      Buffer.concat([
        Buffer.from(head("Transfer-Encoding: chunked")),
        Buffer.from(`${size}\r\n`),
        content,
        Buffer.from(`\r\n${size}\r\n`),
        content,
        Buffer.from("\r\n0\r\n\r\n"),
      ]),
      // A length that lies: more is promised than ever comes.
      Buffer.concat([Buffer.from(head(`Content-Length: ${content.length + 50}`)), content, Buffer.from("x")]),
      // A chunk that lies about itself.
      Buffer.concat([
        Buffer.from(head("Transfer-Encoding: chunked")),
        Buffer.from("10\r\n"),
        content.subarray(0, 5000),
        Buffer.from("x"),
      ]),
    ];
    for (let round = 0; round < 60; round++) {
      const whole = kinds[round % kinds.length]!;
      const at = random.chance(0.3) ? whole.length - 1 : random.below(whole.length);
      await cutOff(whole.subarray(0, at), random.chance(0.5));
    }

    const blobs = join(server().home, "blobs");
    // The server throws the bytes away when it notices, which is after the caller is gone.
    while (!isDeepStrictEqual(await filesBelow(blobs), before)) await new Promise(setImmediate);
    await server().restart();
    assert.deepEqual(await filesBelow(blobs), before);
    assert.equal(await (await get("cut")).text(), "the former file");
  });

  it("leaves nothing of a part", async () => {
    const made = await call("POST", `/api/2.0/mlflow-artifacts/mpu/create/0/${run()}/artifacts`, {
      path: "part.bin",
      num_parts: 1,
    });
    const { upload_id, credentials } = (await made.json()) as {
      upload_id: string;
      credentials: { url: string; headers: Record<string, string> }[];
    };
    const { pathname, host } = new URL(credentials[0]!.url);
    const key = credentials[0]!.headers["x-trainyard-part-key"]!;
    const head = `PUT ${pathname} HTTP/1.1\r\nHost: ${host}\r\nx-trainyard-part-key: ${key}\r\nContent-Length: 1000\r\n\r\n`;

    await cutOff(Buffer.from(`${head}${"x".repeat(999)}`), true);

    const folder = join(server().home, "uploads", upload_id);
    while ((await readdir(folder)).length > 1) await new Promise(setImmediate);
    assert.deepEqual(await readdir(folder), ["upload.json"]);
  });
});
