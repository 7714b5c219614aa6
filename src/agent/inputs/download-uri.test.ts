import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createSocketServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { stageInputs } from "./stage-inputs.ts";
import type { InputStaging } from "./stage-inputs.ts";
import { createStaging } from "./staging.fixture.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(t: TestContext, answer: Answer) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Answers with these bytes on a bare socket, whatever is asked. */
async function serveBytes(t: TestContext, bytes: string) {
  const server = createSocketServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stage(staging: InputStaging, uri: string): Promise<string> {
  const source = { kind: "uri" as const, uri };
  const staged = await stageInputs({ table: { kind: "data", mode: "mount", source } }, staging);
  return staged.values["table"] ?? "";
}

async function cachedFiles(root: string): Promise<string[]> {
  const entries = await Promise.all(
    ["blobs", "trees"].map((name) =>
      readdir(join(root, name), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  );
  return entries.flat().flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

const whole = "0123456789".repeat(1000);

/** Sends the file as a careful server does, but each answer ends after so many bytes. */
const inPieces =
  (pieceBytes: number, etag: () => string | undefined): Answer =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers["range"] ?? "")?.[1] ?? 0);
    const tag = etag();
    if (tag !== undefined) response.setHeader("etag", tag);
    const isSame = request.headers["if-range"] === undefined || request.headers["if-range"] === tag;
    const from = isSame ? start : 0;
    const rest = whole.slice(from);
    if (from > 0)
      response.writeHead(206, {
        "content-length": rest.length,
        "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}`,
      });
    else response.writeHead(200, { "content-length": rest.length });
    response.write(rest.slice(0, pieceBytes), () => {
      if (rest.length <= pieceBytes) response.end();
      else response.destroy();
    });
  };

describe("a download", { timeout: 60_000 }, () => {
  it("that breaks off goes on where it stopped", async (t) => {
    const staging = await createStaging(t);
    const { url, requests } = await serve(
      t,
      inPieces(4000, () => '"v1"'),
    );

    const path = await stage(staging, `${url}/data.csv`);

    assert.equal(await readFile(path, "utf8"), whole);
    assert.equal(requests.length, 3);
    assert.equal(requests[1]?.headers["if-range"], '"v1"');
  });

  it("begins anew when the file has changed before it could go on", async (t) => {
    const staging = await createStaging(t);
    let version = 0;
    const { url, requests } = await serve(t, (request, response) => {
      version += 1;
      const pieceBytes = version < 3 ? 4000 : whole.length;
      inPieces(pieceBytes, () => `"v${Math.min(version, 2)}"`)(request, response);
    });

    const path = await stage(staging, `${url}/data.csv`);

    assert.equal(await readFile(path, "utf8"), whole);
    assert.equal(requests.length, 3);
  });

  it("that always breaks off, with nothing to go on by, is given up with a clear word", async (t) => {
    const staging = await createStaging(t);
    const { url } = await serve(
      t,
      inPieces(4000, () => undefined),
    );

    await assert.rejects(
      stage(staging, `${url}/data.csv`),
      /^StagingFailed: input table: http:.*\/data\.csv could not be downloaded: it broke off, and the server cannot go on/,
    );
    assert.deepEqual(await cachedFiles(staging.root), []);
  });

  it("that stalls is given up after its time, and the error says so", async (t) => {
    const staging = await createStaging(t, { limits: { stallMs: 500 } });
    const { url, requests } = await serve(t, (_request, response) => {
      response.writeHead(200, { "content-length": 100, etag: '"v1"' });
      response.write("half");
    });
    const { url: silentUrl } = await serve(t, () => {});

    await assert.rejects(
      stage(staging, `${url}/slow.csv`),
      /input table: .*slow\.csv could not be downloaded: /,
    );
    assert.ok(requests.length > 1, "it was tried again");
    await assert.rejects(
      stage(staging, `${silentUrl}/silent.csv`),
      /input table: .*silent\.csv could not be downloaded: nothing arrived for 0\.5 seconds/,
    );
    assert.deepEqual(await cachedFiles(staging.root), []);
  });

  it("with fewer bytes than were announced is no input", async (t) => {
    const staging = await createStaging(t);
    const url = await serveBytes(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfour");

    await assert.rejects(stage(staging, `${url}/short.csv`), /input table: .*short\.csv could not be/);
    assert.deepEqual(await cachedFiles(staging.root), []);
  });

  it("with more bytes than were announced is no input", async (t) => {
    const staging = await createStaging(t);
    const url = await serveBytes(t, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more");

    await assert.rejects(
      stage(staging, `${url}/long.csv`),
      /input table: .*long\.csv could not be downloaded: more bytes came than were announced/,
    );
    assert.deepEqual(await cachedFiles(staging.root), []);
  });

  it("of more than the most that is allowed is refused, announced or not", async (t) => {
    const staging = await createStaging(t, { limits: { mostBytes: 1000 } });
    const { url } = await serve(t, (request, response) => {
      if (request.url === "/announced") response.setHeader("content-length", whole.length);
      response.end(whole);
    });

    for (const name of ["announced", "chunked"]) {
      await assert.rejects(stage(staging, `${url}/${name}`), /input table: .* has more than 1000 bytes/);
    }
    assert.deepEqual(await cachedFiles(staging.root), []);
  });

  it("follows so many redirects and no more", async (t) => {
    const staging = await createStaging(t);
    const { url, requests } = await serve(t, (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end("there");
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });

    assert.equal(await readFile(await stage(staging, `${url}/5`), "utf8"), "there");
    requests.length = 0;
    await assert.rejects(stage(staging, `${url}/6`), /it redirects more than 5 times/);
    assert.equal(requests.length, 6, "and it is not tried again");
  });

  it("reaches no private address when that is forbidden, by name or by number", async (t) => {
    const staging = await createStaging(t, { limits: { forbidPrivateAddresses: true } });
    const { url, requests } = await serve(t, (_request, response) => response.end("secret"));
    const { port } = new URL(url);

    for (const host of ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]) {
      await assert.rejects(
        stage(staging, `http://${host}:${port}/x`),
        /input table: .* an address of this machine or of a private network/,
      );
    }
    assert.equal(requests.length, 0);
  });

  it("is redirected to no private address when that is forbidden", async (t) => {
    const staging = await createStaging(t, {
      limits: {
        forbidPrivateAddresses: true,
        // As if the first host were a public one.
        lookup: (_host, options, done) =>
          options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
      },
    });
    const paths: (string | undefined)[] = [];
    const { url } = await serve(t, (request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: `http://${request.url?.slice(1)}:${port}/secret` }).end();
    });
    const { port } = new URL(url);

    for (const host of ["127.0.0.1", "0x7f000001", "[::ffff:7f00:1]", "169.254.169.254"]) {
      await assert.rejects(
        stage(staging, `http://data.example:${port}/${host}`),
        /input table: http:\/\/data\.example.* an address of this machine or of a private network/,
      );
    }
    assert.equal(paths.length, 4);
    assert.ok(!paths.includes("/secret"));
  });

  it("is made once for all who want it at the same time, and later only asked about", async (t) => {
    const staging = await createStaging(t);
    const { url, requests } = await serve(t, (request, response) => {
      if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"v1"' }).end(whole);
    });

    const paths = await Promise.all(
      Array.from({ length: 5 }, () => stage(staging.nextAttempt(), `${url}/data.csv`)),
    );
    assert.equal(new Set(paths).size, 1);
    assert.equal(requests.length, 1);
    await stage(staging.nextAttempt(), `${url}/data.csv`);

    assert.equal(requests.length, 2);
    assert.equal((await cachedFiles(staging.root)).length, 2, "one blob, and one link to it");
  });

  it("is made again when the file has changed, or when the server says nothing to tell by", async (t) => {
    const staging = await createStaging(t);
    let text = "old";
    const { url } = await serve(t, (request, response) => {
      if (request.url === "/tagged") response.setHeader("etag", `"${text}"`);
      response.end(text);
    });
    for (const name of ["tagged", "bare"]) await stage(staging, `${url}/${name}`);

    text = "new";

    for (const name of ["tagged", "bare"]) {
      assert.equal(await readFile(await stage(staging, `${url}/${name}`), "utf8"), "new");
    }
  });

  it("shows no password and no signature of its address", async (t) => {
    const staging = await createStaging(t);
    const { url } = await serve(t, (_request, response) => response.writeHead(403).end());
    const secret = url.replace("http://", "http://user:canary@") + "/x.csv?sig=canary";

    await assert.rejects(stage(staging, secret), (error: Error) => {
      assert.match(error.message, /input table: .*x\.csv\?… could not be downloaded: the answer was 403/);
      return !`${error.stack} ${JSON.stringify(error.cause ?? "")}`.includes("canary");
    });
  });
});
