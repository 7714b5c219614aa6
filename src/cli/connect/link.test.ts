import assert from "node:assert/strict";
import { test } from "node:test";
import { Unreachable } from "../../api/client.ts";
import { Refused } from "../../core/refused.ts";
import type { Clock } from "../../lib/clock.ts";
import { aClient, instantClock } from "../testing.fixture.ts";
import type { Connection } from "./connect.ts";
import { createLink } from "./link.ts";

const aConnection = (url: string, closed: string[] = []): Connection => ({
  url,
  client: aClient({}),
  close: () => void closed.push(url),
  [Symbol.dispose]: () => {},
});

/** Time passes by sleeping only. */
function aClock(): Clock {
  let now = 0;
  return { ...instantClock, elapsed: () => now, sleep: async (ms) => void (now += ms) };
}

test("a call that met no server is made again with the server's next address", async () => {
  const closed: string[] = [];
  const second = aConnection("b");
  const link = createLink(aConnection("a", closed), {
    connect: async () => second,
    clock: aClock(),
    signal: new AbortController().signal,
  });

  const used = await link.use(async (client) => {
    if (client !== second.client) throw new Unreachable("gone");
    return "answered";
  });

  assert.equal(used, "answered");
  assert.deepEqual(closed, ["a"]);
});

test("a refusal is an answer: it is not tried again", async () => {
  let calls = 0;
  const link = createLink(aConnection("a"), {
    connect: () => assert.fail("looked for another server"),
    clock: aClock(),
    signal: new AbortController().signal,
  });

  const call = link.use(async () => {
    calls += 1;
    throw new Refused("not-found", "no such job");
  });

  await assert.rejects(call, Refused);
  assert.equal(calls, 1);
});

test("it gives up when its patience ends, and says once that the server is away", async () => {
  const said: string[] = [];
  const link = createLink(aConnection("a"), {
    connect: () => Promise.reject(new Error("none")),
    clock: aClock(),
    signal: new AbortController().signal,
    patienceMs: 5000,
    onAway: () => said.push("away"),
  });

  await assert.rejects(
    link.use(() => Promise.reject(new Unreachable("gone"))),
    Unreachable,
  );
  assert.deepEqual(said, ["away"]);
});

test("an aborted call is not tried again, whatever else goes on", async () => {
  const own = new AbortController();
  let calls = 0;
  const link = createLink(aConnection("a"), {
    connect: async () => aConnection("b"),
    clock: aClock(),
    signal: new AbortController().signal,
  });

  const call = link.use(async (_, { signal }) => {
    calls += 1;
    own.abort();
    assert.equal(signal, own.signal);
    throw new Unreachable("aborted");
  }, own.signal);

  await assert.rejects(call, Unreachable);
  assert.equal(calls, 1);
});
