import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSharedWork } from "./shared-work.ts";

const { signal } = new AbortController();

function aWork() {
  const begun: { signal: AbortSignal; end: PromiseWithResolvers<string> }[] = [];
  const act = (signal: AbortSignal) => {
    const end = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => end.reject(signal.reason as Error));
    begun.push({ signal, end });
    return end.promise;
  };
  return { begun, act };
}

describe("shared work", () => {
  it("is done once for all who ask while it goes on, and again for who asks later", async () => {
    const once = createSharedWork();
    const { begun, act } = aWork();

    const together = [once("a", signal, act), once("a", signal, act)];
    begun[0]!.end.resolve("first");
    assert.deepEqual(await Promise.all(together), ["first", "first"]);
    const later = once("a", signal, act);
    begun[1]!.end.resolve("second");

    assert.equal(await later, "second");
  });

  it("goes on when one of two gives up, and ends when both do", async () => {
    const once = createSharedWork();
    const { begun, act } = aWork();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = once("a", one.signal, act);
    const second = once("a", other.signal, act);

    one.abort(new Error("the first gave up"));
    await assert.rejects(first, /the first gave up/);
    assert.equal(begun[0]!.signal.aborted, false);
    other.abort(new Error("the second gave up"));
    await assert.rejects(second, /the second gave up/);

    assert.equal(begun[0]!.signal.aborted, true);
  });

  it("begins anew for who asks after everybody gave up", async () => {
    const once = createSharedWork();
    const { begun, act } = aWork();
    const stop = new AbortController();
    const left = once("a", stop.signal, act);
    stop.abort(new Error("left"));
    await assert.rejects(left, /left/);

    const next = once("a", signal, act);
    begun[1]!.end.resolve("anew");

    assert.equal(await next, "anew");
  });

  it("fails for all who wait for it", async () => {
    const once = createSharedWork();
    const { begun, act } = aWork();
    const together = [once("a", signal, act), once("a", signal, act)];

    begun[0]!.end.reject(new Error("no luck"));

    for (const one of together) await assert.rejects(one, /no luck/);
  });
});
