import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { anyValue, mutate, oddTexts } from "../../../test/support/odd-values.ts";
import { createRandom } from "../../../test/support/random.ts";
import type { Random } from "../../../test/support/random.ts";
import { endpoints } from "../../../test/support/raw-request.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import type { OperationId } from "../../api/contract.ts";
import { isRaw } from "../../api/endpoint.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { createHttpTransport } from "../../api/http-transport.ts";
import { readText } from "../../api/client.ts";

const wrongRequests = 4000;
const atOnce = 16;
/** One ends the server, the other has no end. */
const leftOut: readonly OperationId[] = ["shutdown", "watchEvents"];

let server: TestServer;
let attempt: string;
before(async () => {
  server = await startTestServer();
  const agent = await startFakeAgent(server);
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a" })) } });
  attempt = (await agent.orderFor("a")).attempt;
});
after(() => server[Symbol.asyncDispose]());

/** Bodies that would be taken: most wrong requests differ from these in one place. */
const rightBodies: Partial<Record<OperationId, unknown>> = {
  createJob: { spec: aSpec({ tags: { a: "b" }, inputs: { x: { kind: "literal", value: 1 } } }) },
  validateJob: { spec: aSpec({ environment: { reference: { kind: "asset", name: "x", version: "1" } } }) },
  updateJob: { displayName: "x", tags: { a: null, b: "c" }, properties: { p: "q" } },
  linkArtifact: { artifacts: [{ path: "x", hash: "a".repeat(64) }] },
  putSnapshot: {
    version: 1,
    files: [{ path: "a", hash: "b".repeat(64), sizeBytes: 1, executable: false }],
    emptyDirectories: ["c"],
  },
  missingBlobs: { hashes: ["a".repeat(64)] },
  storeLocalFiles: {
    caller: "0198c0de-0000-7000-8000-000000000000",
    files: [{ path: "/etc/hostname", sizeBytes: 1, modifiedMs: 1, changedMs: 1, inode: 1 }],
  },
  createCompute: { maxInstances: 2, tags: { a: "b" } },
  updateCompute: { maxInstances: 2, minInstances: 1 },
  registerAgent: { pid: 1, host: "h", version: "v" },
  pollOrders: { epoch: 1, version: "", known: [], waitSeconds: 0 },
  reportAttempt: { epoch: 1, phase: "Running", reason: "r", at: 1, notes: [], properties: {} },
  endAttempt: { epoch: 1, reason: "canceled", exitCode: null, message: null, traceback: null, at: 1 },
};

const rawBodies = [
  "",
  "x",
  "\n",
  '{"t":"m","n":"a","v":1,"at":1}\n',
  '{"t":"x","n":"a","k":"text","v":1,"at":1}\nno json\n',
  Buffer.alloc(40),
  Buffer.alloc(100, 0xff),
];

const segment = (random: Random): string => {
  const right = ["a", "local", attempt, "a".repeat(64), "gpu"];
  const text = random.chance(0.5) ? random.pick(right) : random.pick(oddTexts);
  return random.chance(0.8)
    ? encodeURIComponent(text.toWellFormed())
    : text.replaceAll(/[^!-~]|[#?]/g, "%ff");
};

function wrongRequest(random: Random) {
  const [id, shape] = random.pick(endpoints.filter(([one]) => !leftOut.includes(one)));
  const path = shape.path.replaceAll(/:\w+/g, () => segment(random));
  const names = [...Object.keys(shape.query?.shape ?? {}), random.pick(oddTexts)];
  const query = names
    .filter(() => random.chance(0.6))
    .map((name) => {
      const value = name === "path" && random.chance(0.5) ? "file" : random.pick(oddTexts);
      return `${encodeURIComponent(name.toWellFormed())}=${random.chance(0.8) ? encodeURIComponent(value.toWellFormed()) : "%c0%ae"}`;
    });
  const right = rightBodies[id];
  let body: string | Uint8Array | undefined;
  if (isRaw(shape.body)) body = random.pick(rawBodies);
  else if (shape.body)
    body = JSON.stringify(right && random.chance(0.8) ? mutate(right, random) : anyValue(random));
  return {
    id,
    method: shape.method,
    target: query.length > 0 ? `${path}?${query.join("&")}` : path,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body }),
  };
}

test("No wrong request, of thousands that are made at random, makes the server fail", async () => {
  const transport = createHttpTransport(server.url);
  const counts = new Map<number, number>();
  let next = 0;
  const work = async () => {
    while (next < wrongRequests) {
      const seed = next++;
      const { id, ...request } = wrongRequest(createRandom(seed));
      const response = await transport(request);
      const text = await readText(response.body);
      counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
      assert.ok(
        response.status < 500,
        `seed ${seed}: ${id} ${request.target} ${String(request.body)} → ${text}`,
      );
    }
  };

  await Promise.all(Array.from({ length: atOnce }, work));

  transport.close();
  assert.ok((counts.get(400) ?? 0) > wrongRequests / 4, `few were wrong: ${JSON.stringify([...counts])}`);
  assert.equal((await server.client.health({})).status, "ok");
  assert.equal((await server.client.getJob({ params: { run: "a" } })).name, "a");
});
