// Many clients at once: what they send together is stored together, and each is answered for itself.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

const writers = 32;
const callsEach = 25;
const start = 1_767_225_600_000;

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

interface Answer {
  status: number;
  body: {
    error_code?: string;
    message?: string;
    run?: {
      info: { run_id: string };
      data: { metrics?: { key: string; value: number | string; step: number }[] };
    };
    metrics?: { key: string; value: number; step: number }[];
  };
}

async function call(path: string, body?: object): Promise<Answer> {
  const response = await server.fetch(`/api/2.0/mlflow/${path}`, {
    ...(body && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

const createRun = async (): Promise<string> =>
  (await call("runs/create", { experiment_id: "0" })).body.run!.info.run_id;

const stepsOf = async (run: string, key: string): Promise<number[]> =>
  ((await call(`metrics/get-history?run_id=${run}&metric_key=${key}`)).body.metrics ?? []).map(
    ({ step }) => step,
  );

describe("32 writers on one run", () => {
  it("are all answered 200, and every point is there once", async () => {
    const run = await createRun();
    const statuses = await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const seen: number[] = [];
        for (let turn = 0; turn < callsEach; turn++) {
          const point = (key: string) => ({ key, value: turn, timestamp: start + turn, step: turn });
          const own = point(`own-${writer}`);
          const shared = { ...point("shared"), step: turn * writers + writer };
          // By turns alone, together in either order, and twice, as after an answer that was lost.
          if (turn % 3 === 0) {
            seen.push((await call("runs/log-metric", { run_id: run, ...own })).status);
            seen.push((await call("runs/log-metric", { run_id: run, ...shared })).status);
          } else {
            const metrics = turn % 3 === 1 ? [own, shared] : [shared, own];
            const twice = [1, 2].map(() => call("runs/log-batch", { run_id: run, metrics }));
            for (const { status } of await Promise.all(twice)) seen.push(status);
          }
        }
        return seen;
      }),
    );

    assert.deepEqual(new Set(statuses.flat()), new Set([200]));
    const sorted = (await stepsOf(run, "shared")).toSorted((a, b) => a - b);
    assert.deepEqual(sorted, [...Array(writers * callsEach).keys()]);
    for (let writer = 0; writer < writers; writer++) {
      assert.deepEqual(await stepsOf(run, `own-${writer}`), [...Array(callsEach).keys()]);
    }
    const { metrics = [] } = (await call(`runs/get?run_id=${run}`)).body.run!.data;
    assert.equal(metrics.length, writers + 1);
    assert.equal(metrics.find(({ key }) => key === "shared")!.step, writers * callsEach - 1);
  });
});

describe("Calls that wait for the same commit", () => {
  it("are refused one by one: the others are stored", async () => {
    const [run, deleted] = [await createRun(), await createRun()];
    await call("runs/delete", { run_id: deleted });
    const log = (id: string, key: string, more = {}) =>
      call("runs/log-metric", { run_id: id, key, value: 1, timestamp: start, ...more });

    const answers = await Promise.all([
      log(run, "a"),
      log("nobody", "a"),
      log(deleted, "a"),
      log(run, "../a"),
      log(run, "a", { timestamp: -1 }),
      log(run, "b", { value: "NaN" }),
    ]);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 404, 400, 400, 400, 200],
    );
    assert.equal(answers[1].body.message, "Run with id=nobody not found");
    assert.match(answers[2].body.message!, /must be in the 'active' state/);
    assert.match(answers[4].body.message!, /'timestamp' supplied: expected 0 or more/);
    const { metrics = [] } = (await call(`runs/get?run_id=${run}`)).body.run!.data;
    const values = Object.fromEntries(metrics.map(({ key, value }) => [key, value]));
    assert.deepEqual(values, { a: 1, b: "NaN" });
  });
});
