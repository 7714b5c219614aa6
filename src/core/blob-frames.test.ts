import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { createFrameDecoder, encodeFrameHeader } from "./blob-frames.ts";
import { Refused } from "./refused.ts";

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const blobs = ["", "a", "hello", "x".repeat(100)].map((text) => Buffer.from(text));
const stream = Buffer.concat(blobs.flatMap((blob) => [encodeFrameHeader(hashOf(blob), blob.length), blob]));

function decode(chunks: Uint8Array[]): Buffer[] {
  const decoder = createFrameDecoder();
  const found: Buffer[][] = [];
  let ends = 0;
  for (const chunk of chunks) {
    for (const part of decoder.push(chunk)) {
      if (part.kind === "start") found.push([]);
      else if (part.kind === "bytes") found.at(-1)!.push(Buffer.from(part.bytes));
      else ends += 1;
    }
  }
  decoder.finish();
  assert.equal(ends, found.length);
  return found.map((pieces) => Buffer.concat(pieces));
}

test("frames come out as they went in, wherever the stream is cut into chunks", () => {
  for (let size = 1; size <= stream.length; size++) {
    const chunks = [];
    for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
    assert.deepEqual(decode(chunks), blobs, `chunks of ${size} bytes`);
  }
});

test("a frame names its blob and its size", () => {
  const starts = [...createFrameDecoder().push(stream)].filter((part) => part.kind === "start");

  assert.deepEqual(
    starts,
    blobs.map((blob) => ({ kind: "start", hash: hashOf(blob), sizeBytes: blob.length })),
  );
});

test("a stream that ends inside a frame is refused, and one that ends between frames is not", () => {
  const between = new Set([0]);
  let at = 0;
  for (const blob of blobs) between.add((at += 40 + blob.length));

  for (let length = 0; length <= stream.length; length++) {
    const decodeCut = () => decode([stream.subarray(0, length)]);
    if (between.has(length)) decodeCut();
    else assert.throws(decodeCut, { name: "Refused", code: "invalid" }, `${length} bytes`);
  }
});

test("a size that no blob can have is refused", () => {
  const header = encodeFrameHeader("ab".repeat(32), 0).fill(0xff, 32);

  assert.throws(() => [...createFrameDecoder().push(header)], Refused);
});
