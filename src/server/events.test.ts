import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startFakeAgent } from "../../test/support/fake-agent.ts";
import { aSpec } from "../../test/support/specs.ts";
import { readServerSentEvents } from "../../test/support/sse.ts";
import { startTestServer } from "../../test/support/test-server.ts";
import type { TestServer } from "../../test/support/test-server.ts";
import { createHttpTransport } from "../api/http-transport.ts";
import { asWireSpec } from "../api/job-spec.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const submit = (name: string) => server.client.createJob({ body: { spec: asWireSpec(aSpec({ name })) } });
const tag = (run: string, value: string) =>
  server.client.updateJob({ params: { run }, body: { tags: { value } } });
const allEvents = async () => (await server.client.listEvents({ query: { limit: 10_000 } })).events;

/** Watches from the last seen event until `isLast`, as a browser does that lost its connection. */
async function watch(
  lastSeen: number,
  isLast: (text: string) => boolean,
): Promise<{ id: number; text: string }[]> {
  const transport = createHttpTransport(server.url);
  const { body } = await transport({
    method: "GET",
    target: "/api/v1/events/stream",
    headers: { authorization: `Bearer ${server.token}`, "last-event-id": `${lastSeen}` },
  });
  const seen: { id: number; text: string }[] = [];
  for await (const event of readServerSentEvents(body)) {
    seen.push(event);
    if (isLast(event.text)) break;
  }
  transport.close();
  return seen;
}

test("A watcher that resumes by the last id sees every event once, over a restart of the server", async () => {
  await submit("watched");
  const first = await watch(0, (text) => text.includes('"Preparing"'));
  await submit("second");
  await server.restart();
  await submit("third");
  await tag("third", "last");

  const rest = await watch(first.at(-1)!.id, (text) => text.includes('"run.changed"'));

  const seen = [...first, ...rest];
  const stored = (await allEvents()).filter((event) => event.seq <= seen.at(-1)!.id);
  assert.deepEqual(
    seen.map((event) => event.id),
    stored.map((event) => event.seq),
  );
  assert.deepEqual(
    seen.map((event) => JSON.parse(event.text) as unknown),
    stored,
  );
});

test("A watcher sees events as they happen, many more than one page of them too", async () => {
  await submit("busy");
  const start = (await allEvents()).at(-1)!.seq;
  const watching = watch(start, (text) => text.includes('"artifact.added"'));

  const lines = Array.from({ length: 300 }, (_, index) => tag("busy", `${index}`));
  await Promise.all(lines);
  await server.client.putArtifact({ params: { run: "busy" }, query: { path: "last" }, body: "x" });

  const seen = await watching;
  assert.equal(seen.filter((event) => event.text.includes('"run.changed"')).length, 300);
  const ids = seen.map((event) => event.id);
  assert.deepEqual(
    ids.toSorted((a, b) => a - b),
    ids,
  );
  assert.equal(new Set(ids).size, ids.length);
});

test("A watcher that is far behind gets page after page without a pause", async () => {
  const agent = await startFakeAgent(server);
  await submit("noted");
  const { attempt } = await agent.orderFor("noted");
  const start = (await allEvents()).at(-1)!.seq;
  const notes = Array.from({ length: 2500 }, (_, index) => ({
    level: "info" as const,
    message: `note ${index}`,
  }));
  const body = { epoch: agent.epoch, phase: "Preparing" as const, reason: "noting", at: 1, notes };
  await agent.client.reportAttempt({ params: { attempt }, body });
  const leave = new AbortController();

  let text = "";
  const stream = await server.client.watchEvents({ query: { after: start } }, { signal: leave.signal });
  for await (const chunk of stream) {
    text += Buffer.from(chunk).toString();
    if (text.includes('"note 2499"')) break;
  }
  leave.abort();

  assert.equal(text.match(/"job\.note"/g)?.length, 2500);
  assert.ok(!text.includes(": alive"), "a pause is a heartbeat long");
});

test("A watcher of one run sees nothing of the others, and pages hold each event once", async () => {
  await submit("one");
  await submit("other");

  const { events } = await server.client.listEvents({ query: { run: "one" } });
  assert.ok(events.length > 0 && events.every((event) => event.run === "one"));

  const all = await allEvents();
  const paged: unknown[] = [];
  for (let after = 0; ;) {
    const page = (await server.client.listEvents({ query: { after, limit: 7 } })).events;
    if (page.length === 0) break;
    paged.push(...page);
    after = page.at(-1)!.seq;
  }
  assert.deepEqual(paged.slice(0, all.length), all);
});

test("A last id that is none is taken for the beginning, one from the future for nothing yet", async () => {
  const statusOf = async (id: string) => {
    const leave = new AbortController();
    const response = await server.fetch("/api/v1/events/stream", {
      headers: { "last-event-id": id },
      signal: leave.signal,
    });
    leave.abort();
    return response.status;
  };

  for (const id of ["x", "-1", "1e400", "99999999999", "9007199254740993", ""])
    assert.equal(await statusOf(id), 200, id);
});

test("HEAD of a stream is answered at once, with its headers alone", async () => {
  await using server = await startTestServer();

  const response = await server.fetch("/api/v1/events/stream", { method: "HEAD" });

  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(await response.text(), "");
});
