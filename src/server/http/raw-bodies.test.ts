import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { Refused } from "../../core/refused.ts";
import { bytesOf, pipeOut } from "./raw-bodies.ts";

/** A response whose reader takes nothing until it is told to. */
class StuckResponse extends EventEmitter {
  destroyed = false;
  status = 0;
  ended = false;
  written: string[] = [];
  writeHead(status: number) {
    this.status = status;
  }
  flushHeaders() {}
  write(piece: Uint8Array) {
    this.written.push(Buffer.from(piece).toString());
    this.emit("written");
    return false;
  }
  end() {
    this.ended = true;
  }
  destroy() {
    this.destroyed = true;
    this.emit("close");
  }
}

const asResponse = (response: StuckResponse) => response as unknown as ServerResponse;
const never = new AbortController().signal;

function source(count: number, failAt = Infinity) {
  const state = { given: 0, isClosed: false };
  async function* pieces() {
    try {
      for (let index = 0; index < count; index++) {
        if (index === failAt) throw new Error("damaged");
        state.given++;
        yield Buffer.from(`${index}`);
      }
    } finally {
      state.isClosed = true;
    }
  }
  return { state, pieces: pieces() };
}

const nextWrite = (response: StuckResponse) =>
  new Promise<void>((resolve) => response.once("written", () => resolve()));

test("A reader that takes nothing is given no more, and leaves no listeners behind when it does", async () => {
  const response = new StuckResponse();
  const { state, pieces } = source(50);
  let written = nextWrite(response);
  const done = pipeOut(pieces, asResponse(response), {}, never);

  for (let count = 1; count <= 50; count++) {
    await written;
    assert.equal(state.given, count);
    assert.ok(response.listenerCount("drain") <= 1 && response.listenerCount("close") <= 1);
    written = nextWrite(response);
    // The wait begins after the write has returned.
    await new Promise((resolve) => setImmediate(resolve));
    response.emit("drain");
  }
  await done;

  assert.equal(response.ended, true);
  assert.equal(response.written.length, 50);
  assert.deepEqual([response.listenerCount("drain"), response.listenerCount("close")], [0, 0]);
});

test("When the reader goes away the source is closed and no more is taken from it", async () => {
  const response = new StuckResponse();
  const { state, pieces } = source(50);
  const written = nextWrite(response);
  const done = pipeOut(pieces, asResponse(response), {}, never);
  await written;

  response.destroy();
  await done;

  assert.ok(state.given <= 2, `${state.given} were taken`);
  assert.equal(state.isClosed, true);
});

test("A source that fails before its first piece sends nothing, so that an error can be answered", async () => {
  const response = new StuckResponse();

  await assert.rejects(pipeOut(source(5, 0).pieces, asResponse(response), {}, never), { message: "damaged" });

  assert.equal(response.status, 0);
});

test("A source that fails later cuts the connection: what was sent must not pass for the whole", async () => {
  const response = new StuckResponse();
  response.on("written", () => setImmediate(() => response.emit("drain")));

  await assert.rejects(pipeOut(source(5, 2).pieces, asResponse(response), {}, never), { message: "damaged" });

  assert.deepEqual([response.status, response.destroyed, response.ended], [200, true, false]);
});

test("A body is given up to its limit to the byte, and refused past it", async () => {
  const take = async (sizes: number[], limit: number) => {
    const body = ReadableStream.from(sizes.map((size) => Buffer.alloc(size)));
    const request = new Request("http://x/", { method: "PUT", body, duplex: "half" });
    let total = 0;
    for await (const chunk of bytesOf(request, undefined, limit)) total += chunk.byteLength;
    return total;
  };

  assert.equal(await take([5, 5], 10), 10);
  await assert.rejects(take([5, 6], 10), (error) => error instanceof Refused && error.code === "too-large");
});
