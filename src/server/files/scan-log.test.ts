import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../test/support/random.ts";
import { countLineEnds, searchLines } from "./scan-log.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const random = createRandom(7);
const words = ["epoch", "Loss", "é", "", "a\rb", "nan", "x".repeat(50)];
const text = Array.from({ length: 500 }, () => `${random.pick(words)} ${random.pick(words)}`).join("\n");

test("Line ends are counted by stretch, whatever the pieces that the bytes come in", async () => {
  const bytes = Buffer.from(text);
  const expected: number[] = [];
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    expected.push(bytes.subarray(at, at + 512).filter((byte) => byte === 0x0a).length);
  }

  for (const size of [1, 7, 512, 1000, 1 << 20]) {
    assert.deepEqual(await countLineEnds(inPieces(text, size), 512), expected);
  }
});

test("The lines that contain a text are found, each once, across the borders of pieces", async () => {
  const linesWith = (part: string, fold: (line: string) => string) =>
    text.split("\n").flatMap((line, index) => (fold(line).includes(part) ? [index] : []));

  for (const size of [1, 13, 4096, 1 << 20]) {
    const lower = await searchLines(inPieces(text, size), "loss", 1000);
    assert.deepEqual(
      lower.lines,
      linesWith("loss", (line) => line.toLowerCase()),
    );
    const exact = await searchLines(inPieces(text, size), "Loss", 1000);
    assert.deepEqual(
      exact.lines,
      linesWith("Loss", (line) => line),
    );
    const accent = await searchLines(inPieces(text, size), "é", 1000);
    assert.deepEqual(
      accent.lines,
      linesWith("é", (line) => line),
    );
  }
});

test("All hits are counted, but only as many are named as were asked for", async () => {
  const found = await searchLines(inPieces("a\nb a a\n\na", 3), "a", 2);

  assert.deepEqual(found, { total: 3, lines: [0, 1], searchedBytes: 10 });
});

test("A text that capitals tell apart is found only as written", async () => {
  assert.equal((await searchLines(inPieces("error\nError\n", 4), "Error", 9)).total, 1);
  assert.equal((await searchLines(inPieces("error\nError\n", 4), "error", 9)).total, 2);
});
