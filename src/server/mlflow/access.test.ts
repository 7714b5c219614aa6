import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { mlflowWays } from "./mount.ts";

let server: TestServer;
let agent: FakeAgent;
const attempts: Record<string, string> = {};

before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
  for (const name of ["mine", "other", "ended"]) {
    const spec = aSpec({ name, experimentName: name === "other" ? "others" : "shared" });
    await server.client.createJob({ body: { spec: asWireSpec(spec) } });
    attempts[name] = (await agent.orderFor(name)).attempt;
  }
  await agent.end(attempts["ended"]!, "succeeded");
});
after(() => server[Symbol.asyncDispose]());

/** What these tests look at of an answer. */
interface Answer {
  error_code?: string;
  run?: { info: { run_id: string; experiment_id: string } };
  runs?: { info: { run_id: string } }[];
  run_info?: { status: string };
}

async function call(
  method: string,
  path: string,
  token: string,
  body?: unknown,
): Promise<{ status: number; body: Answer }> {
  const response = await server.fetch(path, {
    method,
    token,
    ...(method !== "GET" && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body ?? {}),
    }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith("{") ? (JSON.parse(text) as Answer) : {},
  };
}

const api = "/api/2.0/mlflow";
const jobToken = (name: string) => server.tokens.forJob(attempts[name]!);
const guarded = mlflowWays().filter(({ isPublic }) => !isPublic);
const targetOf = (way: string) => way.slice(way.indexOf(" ") + 1).replaceAll(/:\w+|\*/g, "x");
const methodOf = (way: string) => way.slice(0, way.indexOf(" "));

describe("MLflow's part of the server", () => {
  it("tells anyone that it lives and what it speaks, and nothing else", async () => {
    assert.equal(await (await server.fetch("/health", { token: "" })).text(), "OK");
    assert.match(await (await server.fetch("/version", { token: "" })).text(), /^\d+\.\d+\.\d+$/);
    assert.equal(mlflowWays().length - guarded.length, 2);
  });

  it("answers 401 on every way without a good token", async () => {
    for (const { way } of guarded) {
      for (const token of ["", "wrong", `${server.token}x`]) {
        const { status, body } = await call(methodOf(way), targetOf(way), token);
        assert.equal(status, 401, way);
        assert.equal(body.error_code, "UNAUTHENTICATED", way);
      }
    }
  });

  it("answers agents, and jobs that have ended, with 403 on every way", async () => {
    for (const { way } of guarded) {
      for (const token of [server.tokens.forAgent("local"), jobToken("ended")]) {
        assert.equal((await call(methodOf(way), targetOf(way), token)).status, 403, way);
      }
    }
  });

  it("answers no nonsense with a 5xx but the plain word that something is not there", async () => {
    for (const { way } of guarded) {
      for (const body of [{}, [], { run_id: 7, experiment_id: [], key: {}, tags: "x", metrics: [null] }]) {
        const { status } = await call(methodOf(way), targetOf(way), server.token, body);
        assert.ok(status < 500 || status === 501, `${way} is answered with ${status}`);
      }
    }
  });

  it("leaves a route that is not there to the client's older ways", async () => {
    const { status, body } = await call("POST", "/api/3.0/mlflow/traces", server.token, {});

    assert.equal(status, 404);
    assert.equal(body.error_code, "ENDPOINT_NOT_FOUND");
  });
});

describe("A job's token", () => {
  const log = (run: string, token = jobToken("mine")) =>
    call("POST", `${api}/runs/log-metric`, token, { run_id: run, key: "m", value: 1, timestamp: 1 });

  it("logs to its own run and no other", async () => {
    assert.equal((await log("mine")).status, 200);
    assert.equal((await log("other")).status, 403);
    assert.equal((await log("nobody")).status, 403);
  });

  it("reads and writes the files of its own run and no other", async () => {
    const files = "/api/2.0/mlflow-artifacts/artifacts";
    for (const [path, status] of [
      ["1/mine/artifacts/a.txt", 200],
      ["1/other/artifacts/a.txt", 403],
      ["1/mine/artifacts/%252e%252e/x", 400],
      ["anything/else", 403],
    ] as const) {
      assert.equal((await call("PUT", `${files}/${path}`, jobToken("mine"))).status, status, path);
    }
    assert.equal((await call("GET", `${files}?path=1/other/artifacts`, jobToken("mine"))).status, 403);
  });

  it("makes runs in its experiment that it then reaches, and finds no others", async () => {
    const own = await call("GET", `${api}/runs/get?run_id=mine`, jobToken("mine"));
    const experiment = own.body.run!.info.experiment_id;
    const child = { experiment_id: experiment, tags: [{ key: "mlflow.parentRunId", value: "mine" }] };

    const made = await call("POST", `${api}/runs/create`, jobToken("mine"), child);
    const id = made.body.run!.info.run_id;
    const found = await call("POST", `${api}/runs/search`, jobToken("mine"), {
      experiment_ids: [experiment],
    });
    const ids = found.body.runs!.map(({ info }) => info.run_id);

    assert.equal((await log(id)).status, 200);
    assert.equal((await log(id, jobToken("other"))).status, 403);
    assert.deepEqual(new Set(ids), new Set(["mine", id]), "not the run of the job that ended");
    const strangers = { experiment_id: "0" };
    assert.equal((await call("POST", `${api}/runs/create`, jobToken("mine"), strangers)).status, 403);
    const underOther = { ...child, tags: [{ key: "mlflow.parentRunId", value: "other" }] };
    assert.equal((await call("POST", `${api}/runs/create`, jobToken("mine"), underOther)).status, 403);
  });

  it("does not say how its job ended: the platform does", async () => {
    const ended = { run_id: "mine", status: "FINISHED", end_time: 5 };

    const { status, body } = await call("POST", `${api}/runs/update`, jobToken("mine"), ended);

    assert.equal(status, 200);
    assert.equal(body.run_info?.status, "SCHEDULED");
    assert.equal((await server.client.getJob({ params: { run: "mine" } })).endedAt, null);
  });
});
