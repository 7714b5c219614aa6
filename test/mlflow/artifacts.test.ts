// Artifacts on the wire: every way to put, list, read and delete them.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { before, describe, it } from "node:test";
import { errorOf, files, sha256, useArtifacts } from "./artifact-files.ts";

const { call, get, list, put, run, server, urlOf } = useArtifacts();

function sendWhole(text: string): Promise<string> {
  const { hostname, port } = new URL(server().url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

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

    const { files: found } = await list(`0/${run()}/artifacts/names`);

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
        const response = await server().fetch(`${files}/0/${run()}/artifacts/${path}`, { method });
        assert.equal(await errorOf(response), "400 INVALID_PARAMETER_VALUE", `${method} ${path}`);
      }
    }
    for (const path of ["file:///etc/passwd", "s3://bucket/key", "/etc/passwd", "..", "C:/x", "C:\\x"]) {
      for (const target of [
        `/get-artifact?run_id=${run()}&path=${encodeURIComponent(path)}`,
        `/api/2.0/mlflow/artifacts/list?run_id=${run()}&path=${encodeURIComponent(path)}`,
        `${files}?path=${encodeURIComponent(path)}`,
      ]) {
        assert.equal(await errorOf(await server().fetch(target)), "400 INVALID_PARAMETER_VALUE", target);
      }
    }
  });

  it("may be empty, sent with a length of nothing or in no chunks", async () => {
    await put("empty/length", "");
    const chunked = [
      `PUT ${urlOf("empty/chunked")} HTTP/1.1`,
      `Host: ${new URL(server().url).host}`,
      `Authorization: Bearer ${server().token}`,
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
    const { files: found } = await list(`0/${run()}/artifacts/empty`);
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
      assert.deepEqual(await (await server().fetch(urlOf("gone"), { method: "DELETE" })).json(), {});
    }

    assert.deepEqual(await list(`0/${run()}/artifacts/gone`), {});
    assert.equal((await get("gone-not")).status, 200);
  });

  it("is listed by its folder, by name; a file and what is not there hold nothing", async () => {
    await put("tree/b.txt", "12345");
    await put("tree/a/deep/x", "1");
    await put("tree/a/y", "1");

    assert.deepEqual(await list(`0/${run()}/artifacts/tree`), {
      files: [
        { path: "a", is_dir: true },
        { path: "b.txt", is_dir: false, file_size: 5 },
      ],
    });
    // Clients say `.` for the folder itself.
    for (const path of ["tree/a", "./tree/./a/."]) {
      const ofRun = await server().fetch(`/api/2.0/mlflow/artifacts/list?run_id=${run()}&path=${path}`);
      assert.deepEqual(await ofRun.json(), {
        root_uri: `mlflow-artifacts:/0/${run()}/artifacts`,
        files: [
          { path: "tree/a/deep", is_dir: true },
          { path: "tree/a/y", is_dir: false, file_size: 1 },
        ],
      });
    }
    for (const path of ["tree/b.txt", "tree/none"])
      assert.deepEqual(await list(`0/${run()}/artifacts/${path}`), {});
  });
});

describe("A part of a file", () => {
  const ways = () => [
    urlOf("digits"),
    `/get-artifact?run_id=${run()}&path=digits`,
    `/api/v1/runs/${run()}/artifacts/content?path=digits`,
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
        const response = await server().fetch(way, { headers: { range } });
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
        const response = await server().fetch(way, { headers: { range } });
        assert.deepEqual([response.status, await response.text()], [200, "0123456789"], `${way} ${range}`);
      }
    }
  });

  it("is refused when it begins behind the end, saying where that is", async () => {
    for (const range of ["bytes=10-", "bytes=99-100", "bytes=-0"]) {
      for (const way of ways()) {
        const response = await server().fetch(way, { headers: { range } });
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
        const response = await server().fetch(way, { headers: { range: "bytes=2-3", "if-range": ifRange } });
        assert.equal(response.status, status, `${way} ${ifRange}`);
        await response.bytes();
      }
    }
  });

  it("is nothing for who has the file already", async () => {
    for (const way of ways()) {
      for (const names of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
        const response = await server().fetch(way, { headers: { "if-none-match": names } });
        assert.deepEqual([response.status, await response.text()], [304, ""], `${way} ${names}`);
        assert.equal(response.headers.get("etag"), tag);
      }
      const other = await server().fetch(way, { headers: { "if-none-match": '"x"' } });
      assert.equal(await other.text(), "0123456789");
    }
  });

  it("is only described to HEAD", async () => {
    for (const way of ways()) {
      const response = await server().fetch(way, { method: "HEAD", headers: { range: "bytes=2-3" } });
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
      server().fetch(`${way}?${query}`, { method: "POST", body });

    assert.deepEqual(await (await send(`run_uuid=${run()}&path=page/a.txt`, "abc")).json(), {});
    assert.equal(await (await get("page/a.txt")).text(), "abc");
    for (const [query, body, message] of [
      ["path=a", "x", "Request must specify run_uuid."],
      [`run_uuid=${run()}`, "x", "Request must specify path."],
      [`run_uuid=${run()}&path=page/b`, "", "Request must specify data."],
      [`run_uuid=${run()}&path=../b`, "x", "Invalid path"],
    ] as const) {
      const response = await send(query, body);
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { message: string }).message, message);
    }
    assert.equal(await errorOf(await send(`run_uuid=no&path=a`, "x")), "404 RESOURCE_DOES_NOT_EXIST");
    const large = await send(`run_uuid=${run()}&path=large`, Buffer.alloc((10 << 20) + 1));
    assert.equal(await errorOf(large), "400 INVALID_PARAMETER_VALUE");
    assert.equal((await get("large")).status, 404);
  });

  it("is listed and read from a logged model", async () => {
    const made = await call("POST", "/api/2.0/mlflow/logged-models", { experiment_id: "0", name: "m" });
    const { model } = (await made.json()) as { model: { info: { model_id: string; artifact_uri: string } } };
    const id = model.info.model_id;
    assert.equal(model.info.artifact_uri, `mlflow-artifacts:/0/models/${id}/artifacts`);
    await server().fetch(`${files}/0/models/${id}/artifacts/code/x.py`, { method: "PUT", body: "pass" });

    const folder = `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`;
    assert.deepEqual(await (await server().fetch(`${folder}?artifact_directory_path=code`)).json(), {
      root_uri: `mlflow-artifacts:/0/models/${id}/artifacts`,
      files: [{ path: "code/x.py", is_dir: false, file_size: 4 }],
    });
    const read = (query: string) =>
      server().fetch(`/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files?${query}`);
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
    await post("model-versions/create", { name: "kept", source: `runs:/${run()}/model`, run_id: run() });
    await put("model/MLmodel", "second");

    const read = (query: string) => server().fetch(`/model-versions/get-artifact?${query}`);

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
