// Fetching the file behind a web address.
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fetchAddress } from "./fetch-address.ts";

describe("fetchAddress", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fetch-address-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function fetchFrom(listener: RequestListener) {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const options = { signal: new AbortController().signal, onBytes: () => {} };
    return fetchAddress(`http://127.0.0.1:${port}/models/my%20tree.pkl?sig=x`, folder, options).finally(
      () => {
        server.closeAllConnections();
        server.close();
      },
    );
  }

  it("writes it under the last part of the address", async () => {
    const fetched = await fetchFrom((_, answer) => answer.end("leaves"));
    assert.deepEqual(fetched, { path: join(folder, "my tree.pkl"), sizeBytes: 6 });
    assert.equal(await readFile(fetched.path, "utf8"), "leaves");
  });

  it("says what the other side answered, and leaves nothing", async () => {
    await assert.rejects(
      fetchFrom((_, answer) => answer.writeHead(403).end("no")),
      /answered 403 Forbidden for \/models\/my%20tree\.pkl$/,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it("leaves nothing of a file that breaks off", async () => {
    await assert.rejects(
      fetchFrom((_, answer) => {
        answer.writeHead(200, { "content-length": "100" });
        answer.write("half", () => answer.destroy());
      }),
    );
    assert.deepEqual(await readdir(folder), []);
  });
});
