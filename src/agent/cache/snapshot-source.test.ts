import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";

describe("a snapshot", { timeout: 60_000 }, () => {
  it("of many small files comes in a few requests, and a big file in one of its own", async (t) => {
    const site = await createSite(t);
    const small = Object.fromEntries(
      Array.from({ length: 2500 }, (_, index) => [`data/${index}.txt`, `file ${index}`]),
    );
    const id = site.server.addSnapshot({ ...small, "big.bin": "x".repeat(2 << 20), "same.txt": "file 7" });
    const work = aWorkOrder("ls data | wc -l; cat same.txt; wc -c < big.bin", {
      code: { kind: "snapshot", id },
    });
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.equal(site.log().replaceAll(/\s+/g, " "), "2500 file 72097152 ");
    assert.equal(site.server.calls.filter((call) => call === "readBlobs").length, 3);
    assert.equal(site.server.calls.filter((call) => call === "getBlob").length, 1);
  });

  it("is asked for again when the server went away in the middle", async (t) => {
    const site = await createSite(t);
    const id = site.server.addSnapshot({ "a.txt": "a", "big.bin": "x".repeat(2 << 20) });
    const held = site.server.hold("getBlob");
    const work = aWorkOrder("cat a.txt; wc -c < big.bin", { code: { kind: "snapshot", id } });
    site.server.place(work);
    site.startAgent();
    await held.reached;

    await site.server.down();
    held.release();
    await site.server.up();

    assert.equal((await site.end(work)).reason, "succeeded");
    assert.match(site.log(), /^a\s*2097152/);
  });
});
