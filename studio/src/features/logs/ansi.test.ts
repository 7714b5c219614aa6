import assert from "node:assert/strict";
import { test } from "node:test";
import { markHits, readLine, textOf } from "./ansi.ts";

const esc = "\x1b";

test("Colors and weights become looks, and end where they are taken back", () => {
  assert.deepEqual(readLine(`plain ${esc}[1;31mbad${esc}[0m ${esc}[38;5;2mgood${esc}[39m end`), [
    { text: "plain ", look: "" },
    { text: "bad", look: "ansi-bold ansi-1" },
    { text: " ", look: "" },
    { text: "good", look: "ansi-2" },
    { text: " end", look: "" },
  ]);
});

test("What moves a cursor, sets a title or links is taken out", () => {
  const line = `${esc}[2K${esc}[1Ga${esc}]0;title\x07b${esc}]8;;https://x${esc}\\c\x08`;

  assert.deepEqual(readLine(line), [
    { text: "a", look: "" },
    { text: "b", look: "" },
    { text: "c", look: "" },
  ]);
  assert.equal(textOf(line), "abc");
});

test("A bar that is drawn over itself shows its last state", () => {
  assert.equal(textOf("10 %\r20 %\r100 %"), "100 %");
  assert.equal(textOf("100 %\r"), "100 %");
  assert.equal(textOf("\r"), "");
});

test("Hits are marked across colors, whatever the case unless it was given", () => {
  const pieces = readLine(`a Ne${esc}[31medle${esc}[0m b needle`);
  const hits = (wanted: string) =>
    markHits(pieces, wanted).map(({ text, isHit }) => (isHit ? `[${text}]` : text));

  assert.deepEqual(hits("needle"), ["a ", "[Ne]", "[edle]", " b ", "[needle]"]);
  assert.deepEqual(hits("Needle"), ["a ", "[Ne]", "[edle]", " b needle"]);
  assert.deepEqual(hits(""), ["a Ne", "edle", " b needle"]);
});
