import assert from "node:assert/strict";
import { test } from "node:test";
import { indexOf, lineEndsOf, placeOf, withStretch } from "./line-index.ts";
import { firstLineAt, scrollHeight, scrollTopOf } from "./scroll.ts";

const stretchBytes = 8;
const texts = [
  "a\nbb\n\nccc\n",
  "no end at all of this line, which is long\nx\n",
  "",
  "\n\n\n\n\n\n\n\n\n\n",
  "12345678\n9\n",
];

for (const text of texts) {
  test(`Each line of ${JSON.stringify(text)} is found where it begins`, () => {
    const bytes = new TextEncoder().encode(text);
    const whole = Math.floor(bytes.length / stretchBytes);
    const parts = Array.from({ length: whole }, (_, at) =>
      bytes.subarray(at * stretchBytes, (at + 1) * stretchBytes),
    );
    const index = parts.reduce(
      (sum, part) => withStretch(sum, lineEndsOf(part).length),
      indexOf(stretchBytes, []),
    );
    const ends = lineEndsOf(bytes);

    for (let line = 0; line <= ends.length; line++) {
      const begin = line === 0 ? 0 : ends[line - 1]! + 1;
      const { stretch, skip } = placeOf(index, line);
      const own = bytes.subarray(
        stretch * stretchBytes,
        stretch === whole ? undefined : (stretch + 1) * stretchBytes,
      );
      const passed = skip === 0 ? 0 : lineEndsOf(own)[skip - 1]! + 1;
      assert.equal(stretch * stretchBytes + passed, begin, `line ${line}`);
    }
  });
}

test("The bar of a hundred million lines leads to every part of the file, its ends too", () => {
  const extent = { lines: 100_000_000, visible: 40, height: 720 };
  const room = scrollHeight(extent) - extent.height;

  assert.ok(scrollHeight(extent) < 16_000_000);
  assert.equal(firstLineAt(0, extent), 0);
  assert.equal(firstLineAt(room, extent), extent.lines - extent.visible);
  assert.equal(firstLineAt(scrollTopOf(12_345_678, extent), extent), 12_345_678);
  assert.equal(scrollTopOf(5, { lines: 10, visible: 40, height: 720 }), 0);
});
