import assert from "node:assert/strict";
import { hash as digest, randomBytes } from "node:crypto";
import { test } from "node:test";
import { createFrameDecoder } from "../core/blob-frames.ts";
import { openBlobStream, slabBytes, type StreamClient } from "./blob-stream.ts";

const hashOf = (bytes: Uint8Array) => digest("sha256", bytes);

/** A server that checks what it gets, and has some blobs already. */
function aServer(has: readonly Uint8Array[] = []) {
  const kept = new Set(has.map(hashOf));
  const received: string[] = [];
  const client: StreamClient = {
    missingBlobs: async ({ body }) => ({ missing: body.hashes.filter((hash) => !kept.has(hash)) }),
    async putBlobs({ body }) {
      const whole =
        body instanceof Uint8Array
          ? body
          : Buffer.concat(await Array.fromAsync(body as AsyncIterable<Uint8Array>));
      const decoder = createFrameDecoder();
      let name = "";
      let pieces: Uint8Array[] = [];
      for (const part of decoder.push(whole)) {
        if (part.kind === "start") [name, pieces] = [part.hash, []];
        else if (part.kind === "bytes") pieces.push(part.bytes);
        else {
          assert.equal(hashOf(Buffer.concat(pieces)), name);
          received.push(name);
          kept.add(name);
        }
      }
      decoder.finish();
      return { stored: 0, sizeBytes: 0 };
    },
  };
  return { client, kept, received };
}

const manyBlobs = (count: number, sizeBytes = 1 << 20) =>
  Array.from({ length: count }, () => randomBytes(sizeBytes));

test("every blob arrives once and whole, although the reader's buffer is used again", async () => {
  const server = aServer();
  const stream = openBlobStream(async () => server.client);
  const blobs = manyBlobs(40);
  const buffer = Buffer.alloc(1 << 20);

  for (const bytes of [...blobs, ...blobs.slice(0, 3)]) {
    bytes.copy(buffer);
    stream.take(hashOf(bytes), buffer);
    await stream.room();
  }
  const sent = await stream.finish();

  assert.deepEqual(server.received.toSorted(), blobs.map(hashOf).toSorted());
  assert.deepEqual(sent, { sentFiles: 40, sentBytes: 40 << 20 });
});

test("what the server has does not travel", async () => {
  const blobs = manyBlobs(40);
  const server = aServer(blobs.slice(0, 25));
  const stream = openBlobStream(async () => server.client);

  for (const bytes of blobs) stream.take(hashOf(bytes), bytes);
  const sent = await stream.finish();

  assert.deepEqual(server.received.toSorted(), blobs.slice(25).map(hashOf).toSorted());
  assert.deepEqual(sent, { sentFiles: 15, sentBytes: 15 << 20 });
});

test("a few bytes are left to the upload of the snapshot, and nobody is connected to for them", async () => {
  const stream = openBlobStream(() => assert.fail("a client was asked for"));
  stream.take(hashOf(Buffer.from("small")), Buffer.from("small"));

  assert.deepEqual(await stream.finish(), { sentFiles: 0, sentBytes: 0 });
});

test("a refusal ends the reading at the next turn, and the finish", async () => {
  const stream = openBlobStream(async () => {
    throw new Error("the job is not valid");
  });
  for (const bytes of manyBlobs(slabBytes / (1 << 20) + 1)) stream.take(hashOf(bytes), bytes);

  await assert.rejects(async () => {
    for (;;) {
      await new Promise(setImmediate);
      await stream.room();
    }
  }, /the job is not valid/);
  await assert.rejects(stream.finish(), /the job is not valid/);
});

test("there is no room while three batches are on their way", async () => {
  const { client } = aServer();
  const gate = Promise.withResolvers<void>();
  const slow = {
    ...client,
    putBlobs: async (request: Parameters<StreamClient["putBlobs"]>[0]) => {
      await gate.promise;
      return client.putBlobs(request);
    },
  };
  const stream = openBlobStream(async () => slow);
  for (const bytes of manyBlobs((3 * slabBytes) / (1 << 20) + 3)) stream.take(hashOf(bytes), bytes);
  let hasRoom = false;
  const room = stream.room().then(() => (hasRoom = true));
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);

  assert.equal(hasRoom, false);
  gate.resolve();
  await room;
  await stream.finish();
});
