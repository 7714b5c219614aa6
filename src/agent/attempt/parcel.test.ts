import assert from "node:assert/strict";
import { test } from "node:test";
import { mostFinishedBytes } from "../../api/artifacts.ts";
import { createParcel } from "./parcel.ts";

test("A parcel takes records and files until it is full, and says what it did not take", () => {
  const parcel = createParcel();

  assert.ok(parcel.addRecords({ stream: "a", offset: 3 }, Buffer.from("{}\n")));
  assert.ok(parcel.addFile({ path: "logs/a", alias: "b" }, Buffer.from("ä")));
  assert.ok(!parcel.addFile({ path: "logs/large" }, Buffer.alloc(mostFinishedBytes)));
  assert.ok(parcel.addFile({ path: "logs/empty" }, Buffer.alloc(0)));

  assert.deepEqual(parcel.content, {
    records: [{ stream: "a", offset: 3, lines: "{}\n" }],
    files: [
      { path: "logs/a", alias: "b", base64: "w6Q=" },
      { path: "logs/empty", base64: "" },
    ],
  });
});

test("Records that are no UTF-8 are left to the call that sends bytes: offsets count bytes", () => {
  const parcel = createParcel();

  assert.ok(!parcel.addRecords({ stream: "a", offset: 0 }, Buffer.from([0x22, 0xff, 0x22, 0x0a])));
  assert.deepEqual(parcel.content.records, []);
});
