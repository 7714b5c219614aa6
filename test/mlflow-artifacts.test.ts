// Artifacts on the wire: every way to put, list, read and delete them, and that nothing half is ever visible.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { createRandom } from "./support/random.ts";
import { startTestServer } from "./support/test-server.ts";
import type { TestServer } from "./support/test-server.ts";

let server: TestServer;
let run: string;
before(async () => {
  server = await startTestServer();
  const made = await call("POST", "/api/2.0/mlflow/runs/create", { experiment_id: "0" });
  run = ((await made.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
});
after(() => server[Symbol.asyncDispose]());

const call = (method: string, target: string, body?: unknown) =>
  server.fetch(target, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
const files = "/api/2.0/mlflow-artifacts/artifacts";
const encoded = (path: string) => path.split("/").map(encodeURIComponent).join("/");
const urlOf = (path: string) => `${files}/0/${run}/artifacts/${encoded(path)}`;
const put = (path: string, body: string | Uint8Array<ArrayBuffer> = "") =>
  server.fetch(urlOf(path), { method: "PUT", body });
const get = (path: string, headers: Record<string, string> = {}) => server.fetch(urlOf(path), { headers });
const list = async (path: string) => {
  const response = await server.fetch(`${files}?path=${encodeURIComponent(path)}`);
  return (await response.json()) as { files?: { path: string; is_dir: boolean; file_size?: number }[] };
};
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const errorOf = async (response: Response) => {
  const { error_code, message } = (await response.json()) as { error_code: string; message: string };
  assert.ok(message.length > 0);
  return `${response.status} ${error_code}`;
};

describe("A file", () => {
  it("goes up and comes down as it was, with a type, a name to save it by and its hash", async () => {
    const bytes = randomBytes(3_000_000);
    assert.deepEqual(await (await put("deep/er/model.bin", bytes)).json(), {});

    const response = await get("deep/er/model.bin");

    assert.equal(sha256(await response.bytes()), sha256(bytes));
    const { headers } = response;
    assert.equal(headers.get("content-length"), "3000000");
    assert.equal(headers.get("etag"), `"${sha256(bytes)}"`);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("content-type"), "application/octet-stream");
    assert.match(headers.get("content-disposition")!, /^attachment; filename="model\.bin"/);
    assert.equal(headers.get("cache-control"), "private, no-cache");
  });

  it("may have every name that is a name", async () => {
    const names = [
      "a b",
      "ümläut 🚂.txt",
      "100%.txt",
      "%41",
      "%25",
      "a+b=c&d",
      "q?uestion#hash",
      "semi;colon:12:30.log",
      "'quote\"",
      "[brackets]{}",
      "..hidden",
      "dots...",
      "~tilde",
      "new\nline",
      "images/step%5%loss.png",
      "x".repeat(500),
    ];
    for (const name of names) {
      assert.equal((await put(`names/${name}`, name)).status, 200, name);
      const response = await get(`names/${name}`);
      assert.equal(await response.text(), name, name);
      const saved = /filename\*=UTF-8''(\S+)$/.exec(response.headers.get("content-disposition")!)?.[1];
      assert.equal(decodeURIComponent(saved!), name.split("/").at(-1));
    }

    const { files: found } = await list(`0/${run}/artifacts/names`);

    const expected = names.map((name) => name.split("/")[0]!);
    assert.deepEqual(new Set(found?.map(({ path }) => path)), new Set(expected));
  });

  it("does not leave its place, however its path is written", async () => {
    const wrong = [
      "..%2f..%2fsecret",
      "%2e%2e%2fsecret",
      "%252e%252e%252fsecret",
      "%25252e%25252e%25252fsecret",
      "a%5cb",
      "a%00b",
      "a%2f%2fb",
      "%ff",
      "%",
    ];
    for (const path of wrong) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const response = await server.fetch(`${files}/0/${run}/artifacts/${path}`, { method });
        assert.equal(await errorOf(response), "400 INVALID_PARAMETER_VALUE", `${method} ${path}`);
      }
    }
    for (const path of ["file:///etc/passwd", "s3://bucket/key", "/etc/passwd", "..", "C:/x", "C:\\x"]) {
      for (const target of [
        `/get-artifact?run_id=${run}&path=${encodeURIComponent(path)}`,
        `/api/2.0/mlflow/artifacts/list?run_id=${run}&path=${encodeURIComponent(path)}`,
        `${files}?path=${encodeURIComponent(path)}`,
      ]) {
        assert.equal(await errorOf(await server.fetch(target)), "400 INVALID_PARAMETER_VALUE", target);
      }
    }
  });

  it("may be empty, sent with a length of nothing or in no chunks", async () => {
    await put("empty/length", "");
    const chunked = [
      `PUT ${urlOf("empty/chunked")} HTTP/1.1`,
      `Host: ${new URL(server.url).host}`,
      `Authorization: Bearer ${server.token}`,
      "Transfer-Encoding: chunked",
      "Connection: close",
      "\r\n0\r\n\r\n",
    ].join("\r\n");
    assert.match(await sendWhole(chunked), /^HTTP\/1\.1 200 /);

    for (const name of ["length", "chunked"]) {
      const response = await get(`empty/${name}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-length"), "0");
      assert.equal(await response.text(), "");
    }
    const { files: found } = await list(`0/${run}/artifacts/empty`);
    assert.deepEqual(
      found?.map(({ file_size }) => file_size),
      [0, 0],
    );
  });

  it("is taken the place of by a later one, and is neither a folder nor in a file", async () => {
    await put("again", "first");
    await put("again", "second");
    assert.equal(await (await get("again")).text(), "second");

    assert.equal(await errorOf(await put("again/below", "x")), "400 INVALID_PARAMETER_VALUE");
    await put("folder/file", "x");
    assert.equal(await errorOf(await put("folder", "x")), "400 INVALID_PARAMETER_VALUE");
    assert.equal(await errorOf(await get("folder")), "404 RESOURCE_DOES_NOT_EXIST");
    assert.equal(await errorOf(await get("nowhere")), "404 RESOURCE_DOES_NOT_EXIST");
  });

  it("is deleted with all below it, as often as one likes", async () => {
    for (const path of ["gone/a", "gone/b/c", "gone/b/d", "gone-not"]) await put(path, path);

    for (let times = 0; times < 2; times++) {
      assert.deepEqual(await (await server.fetch(urlOf("gone"), { method: "DELETE" })).json(), {});
    }

    assert.deepEqual(await list(`0/${run}/artifacts/gone`), {});
    assert.equal((await get("gone-not")).status, 200);
  });

  it("is listed by its folder, by name; a file and what is not there hold nothing", async () => {
    await put("tree/b.txt", "12345");
    await put("tree/a/deep/x", "1");
    await put("tree/a/y", "1");

    assert.deepEqual(await list(`0/${run}/artifacts/tree`), {
      files: [
        { path: "a", is_dir: true },
        { path: "b.txt", is_dir: false, file_size: 5 },
      ],
    });
    const ofRun = await server.fetch(`/api/2.0/mlflow/artifacts/list?run_id=${run}&path=tree/a`);
    assert.deepEqual(await ofRun.json(), {
      root_uri: `mlflow-artifacts:/0/${run}/artifacts`,
      files: [
        { path: "tree/a/deep", is_dir: true },
        { path: "tree/a/y", is_dir: false, file_size: 1 },
      ],
    });
    for (const path of ["tree/b.txt", "tree/none"])
      assert.deepEqual(await list(`0/${run}/artifacts/${path}`), {});
  });
});

describe("A part of a file", () => {
  const ways = () => [
    urlOf("digits"),
    `/get-artifact?run_id=${run}&path=digits`,
    `/api/v1/runs/${run}/artifacts/content?path=digits`,
  ];
  const tag = `"${sha256(Buffer.from("0123456789"))}"`;
  before(() => put("digits", "0123456789"));

  it("is what the range says", async () => {
    for (const [range, text, where] of [
      ["bytes=0-3", "0123", "bytes 0-3/10"],
      ["bytes=4-4", "4", "bytes 4-4/10"],
      ["bytes=7-", "789", "bytes 7-9/10"],
      ["bytes=-2", "89", "bytes 8-9/10"],
      ["bytes=-20", "0123456789", "bytes 0-9/10"],
      ["bytes=8-99999999999", "89", "bytes 8-9/10"],
    ] as const) {
      for (const way of ways()) {
        const response = await server.fetch(way, { headers: { range } });
        assert.deepEqual(
          [response.status, await response.text(), response.headers.get("content-range")],
          [206, text, where],
          `${way} ${range}`,
        );
        assert.equal(response.headers.get("content-length"), String(text.length));
      }
    }
  });

  it("is the whole when the range is several, or no range", async () => {
    for (const range of ["bytes=0-1,4-5", "lines=1-2", "bytes=5-2", "bytes=-", "bytes=a-b", ""]) {
      for (const way of ways()) {
        const response = await server.fetch(way, { headers: { range } });
        assert.deepEqual([response.status, await response.text()], [200, "0123456789"], `${way} ${range}`);
      }
    }
  });

  it("is refused when it begins behind the end, saying where that is", async () => {
    for (const range of ["bytes=10-", "bytes=99-100", "bytes=-0"]) {
      for (const way of ways()) {
        const response = await server.fetch(way, { headers: { range } });
        assert.equal(response.status, 416, `${way} ${range}`);
        assert.equal(response.headers.get("content-range"), "bytes */10");
        assert.match(await response.text(), /has no bytes/);
      }
    }
  });

  it("is of the file that the caller has begun, or the whole of another", async () => {
    for (const way of ways()) {
      for (const [ifRange, status] of [
        [tag, 206],
        [`"${"0".repeat(64)}"`, 200],
        [`W/${tag}`, 200],
        ["Wed, 21 Oct 2026 07:28:00 GMT", 200],
      ] as const) {
        const response = await server.fetch(way, { headers: { range: "bytes=2-3", "if-range": ifRange } });
        assert.equal(response.status, status, `${way} ${ifRange}`);
        await response.bytes();
      }
    }
  });

  it("is nothing for who has the file already", async () => {
    for (const way of ways()) {
      for (const names of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
        const response = await server.fetch(way, { headers: { "if-none-match": names } });
        assert.deepEqual([response.status, await response.text()], [304, ""], `${way} ${names}`);
        assert.equal(response.headers.get("etag"), tag);
      }
      const other = await server.fetch(way, { headers: { "if-none-match": '"x"' } });
      assert.equal(await other.text(), "0123456789");
    }
  });

  it("is only described to HEAD", async () => {
    for (const way of ways()) {
      const response = await server.fetch(way, { method: "HEAD", headers: { range: "bytes=2-3" } });
      assert.deepEqual(
        [response.status, response.headers.get("content-length"), response.headers.get("etag")],
        [200, "10", tag],
        way,
      );
      assert.equal(await response.text(), "");
    }
  });
});

describe("What pages ask for", () => {
  it("is uploaded to a run, in one piece of some bytes", async () => {
    const way = "/ajax-api/2.0/mlflow/upload-artifact";
    const send = (query: string, body: string | Uint8Array<ArrayBuffer>) =>
      server.fetch(`${way}?${query}`, { method: "POST", body });

    assert.deepEqual(await (await send(`run_uuid=${run}&path=page/a.txt`, "abc")).json(), {});
    assert.equal(await (await get("page/a.txt")).text(), "abc");
    for (const [query, body, message] of [
      ["path=a", "x", "Request must specify run_uuid."],
      [`run_uuid=${run}`, "x", "Request must specify path."],
      [`run_uuid=${run}&path=page/b`, "", "Request must specify data."],
      [`run_uuid=${run}&path=../b`, "x", "Invalid path"],
    ] as const) {
      const response = await send(query, body);
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { message: string }).message, message);
    }
    assert.equal(await errorOf(await send(`run_uuid=no&path=a`, "x")), "404 RESOURCE_DOES_NOT_EXIST");
    const large = await send(`run_uuid=${run}&path=large`, Buffer.alloc((10 << 20) + 1));
    assert.equal(await errorOf(large), "400 INVALID_PARAMETER_VALUE");
    assert.equal((await get("large")).status, 404);
  });

  it("is listed and read from a logged model", async () => {
    const made = await call("POST", "/api/2.0/mlflow/logged-models", { experiment_id: "0", name: "m" });
    const { model } = (await made.json()) as { model: { info: { model_id: string; artifact_uri: string } } };
    const id = model.info.model_id;
    assert.equal(model.info.artifact_uri, `mlflow-artifacts:/0/models/${id}/artifacts`);
    await server.fetch(`${files}/0/models/${id}/artifacts/code/x.py`, { method: "PUT", body: "pass" });

    const folder = `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`;
    assert.deepEqual(await (await server.fetch(`${folder}?artifact_directory_path=code`)).json(), {
      root_uri: `mlflow-artifacts:/0/models/${id}/artifacts`,
      files: [{ path: "code/x.py", is_dir: false, file_size: 4 }],
    });
    const read = (query: string) =>
      server.fetch(`/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files?${query}`);
    assert.equal(await (await read("artifact_file_path=code/x.py")).text(), "pass");
    assert.equal(await errorOf(await read("")), "400 INVALID_PARAMETER_VALUE");
    assert.equal(await errorOf(await read("artifact_file_path=code")), "404 RESOURCE_DOES_NOT_EXIST");
  });
});

describe("A registered model's file", () => {
  it("is what was registered, whatever became of the run's since", async () => {
    await put("model/MLmodel", "first");
    const post = async (path: string, body: object) => {
      const response = await call("POST", `/api/2.0/mlflow/${path}`, body);
      assert.equal(response.status, 200, await response.text());
    };
    await post("registered-models/create", { name: "kept" });
    await post("model-versions/create", { name: "kept", source: `runs:/${run}/model`, run_id: run });
    await put("model/MLmodel", "second");

    const read = (query: string) => server.fetch(`/model-versions/get-artifact?${query}`);

    assert.equal(await (await read("name=kept&version=1&path=MLmodel")).text(), "first");
    assert.equal(
      (await read("name=kept&version=1&path=MLmodel")).headers.get("content-type"),
      "text/plain; charset=utf-8",
    );
    assert.equal(await errorOf(await read("name=kept&version=1&path=none")), "404 RESOURCE_DOES_NOT_EXIST");
    assert.equal(
      await errorOf(await read("name=kept&version=2&path=MLmodel")),
      "404 RESOURCE_DOES_NOT_EXIST",
    );
    assert.equal(await errorOf(await read("name=kept&version=1&path=../x")), "400 INVALID_PARAMETER_VALUE");
    assert.equal(await errorOf(await read("name=kept&version=1")), "400 INVALID_PARAMETER_VALUE");
  });
});

describe("A file in parts", () => {
  const mpu = (step: string, body: object) =>
    call("POST", `/api/2.0/mlflow-artifacts/mpu/${step}/0/${run}/artifacts/big`, body);
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
  const uploads = () => readdir(join(server.home, "uploads"));

  it("is seen when it is complete, whatever order its parts came in", async () => {
    const { upload_id, credentials } = await begin("/home/me/whole.bin", 3);
    const parts = [];
    for (const index of [2, 0, 1]) parts.push(await sendPart(credentials[index]!, `part ${index} `));
    parts[0] = await sendPart(credentials[2]!, "sent again");
    assert.equal((await get("big/whole.bin")).status, 404);

    const whole = { path: "/home/me/whole.bin", upload_id, parts };
    for (let times = 0; times < 2; times++) assert.deepEqual(await (await mpu("complete", whole)).json(), {});

    assert.equal(await (await get("big/whole.bin")).text(), "part 0 part 1 sent again");
    assert.deepEqual(await readdir(join(server.home, "uploads", upload_id)), ["upload.json"]);
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
    await server.restart();
    const { url } = credentials[1]!;
    const moved = { ...credentials[1]!, url: server.url + new URL(url).pathname };
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

function sendWhole(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

/** Sends these bytes and breaks off; resolves when the server has noticed. */
async function cutOff(bytes: Buffer, abruptly: boolean): Promise<void> {
  const { hostname, port } = new URL(server.url);
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
    const before = await filesBelow(join(server.home, "blobs"));
    const random = createRandom(7);
    const content = randomBytes(300_000);
    const head = (length: string) =>
      `PUT ${urlOf("cut")} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nAuthorization: Bearer ${server.token}\r\n${length}\r\n\r\n`;
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

    const blobs = join(server.home, "blobs");
    // The server throws the bytes away when it notices, which is after the caller is gone.
    while (!isDeepStrictEqual(await filesBelow(blobs), before)) await new Promise(setImmediate);
    await server.restart();
    assert.deepEqual(await filesBelow(blobs), before);
    assert.equal(await (await get("cut")).text(), "the former file");
  });

  it("leaves nothing of a part", async () => {
    const made = await call("POST", `/api/2.0/mlflow-artifacts/mpu/create/0/${run}/artifacts`, {
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

    const folder = join(server.home, "uploads", upload_id);
    while ((await readdir(folder)).length > 1) await new Promise(setImmediate);
    assert.deepEqual(await readdir(folder), ["upload.json"]);
  });
});
