import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../testing.fixture.ts";
import { readEvents } from "./sse.ts";

const event = (seq: number) => ({ seq, at: 5, run: "job", body: { kind: "run.changed", fields: ["é"] } });
const frame = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify(event(seq))}\n\n`;

async function seqs(...chunks: string[]): Promise<number[]> {
  const found: number[] = [];
  for await (const { seq } of readEvents(bytesOf(...chunks))) found.push(seq);
  return found;
}

test("events are read whole, however the bytes are cut", async () => {
  const text = frame(1) + frame(2);

  for (let cut = 1; cut < text.length; cut++) {
    assert.deepEqual(await seqs(text.slice(0, cut), text.slice(cut)), [1, 2]);
  }
});

test("comments that keep the connection alive are no events", async () => {
  assert.deepEqual(await seqs(": trainyard events\n\n", frame(7), ": alive\n\n"), [7]);
});

test("an event that was cut off is left out: it comes again after the reconnect", async () => {
  assert.deepEqual(await seqs(frame(1), frame(2).slice(0, -1)), [1]);
});

test("lines may end as on Windows", async () => {
  assert.deepEqual(await seqs(frame(3).replaceAll("\n", "\r\n")), [3]);
});
