import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import type { FakeAgent } from "../../../test/support/fake-agent.ts";
import { endpoints, sendRaw, targetOf } from "../../../test/support/raw-request.ts";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { createApp } from "./app.ts";
import type { Handlers } from "./app.ts";
import type { ServerContext } from "../context.ts";
import { mlflowWays } from "../mlflow/mount.ts";
import { addStudio } from "./studio-pages.ts";
import { createTokens } from "./tokens.ts";

let server: TestServer;
let agent: FakeAgent;
const attempts: Record<string, string> = {};

before(async () => {
  server = await startTestServer();
  agent = await startFakeAgent(server);
  for (const name of ["mine", "other", "ended"]) {
    await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name })) } });
    attempts[name] = (await agent.orderFor(name)).attempt;
  }
});
after(() => server[Symbol.asyncDispose]());

const statusOf = async (method: string, target: string, authorization?: string) => {
  const headers = { ...(authorization !== undefined && { authorization }) };
  return (await sendRaw(server.url, { method, target, headers })).status;
};
const bearer = (token: string) => `Bearer ${token}`;

/** Pages and their files, which tell nothing that needs a token. */
function studioWays(): string[] {
  const app = new Hono<{ Bindings: HttpBindings }>();
  addStudio(app, {} as ServerContext);
  return app.routes.map((route) => `${route.method} ${route.path}`);
}

describe("Without a good token", () => {
  for (const [id, shape] of endpoints) {
    // A session wants the token in its body: without one it is a request with a fault.
    const expected = shape.access !== "public" ? 401 : id === "openStudioSession" ? 400 : 200;
    test(`${id} is answered with ${expected}`, async () => {
      const target = targetOf(shape, { run: "mine", agent: "local", attempt: attempts["mine"]! });
      const userToken = server.token;
      const wrong = [
        undefined,
        "",
        "Bearer",
        "Bearer ",
        bearer(`${userToken}x`),
        bearer(userToken.slice(0, -1)),
        bearer(userToken.toUpperCase()),
        userToken,
        `Token ${userToken}`,
        bearer("tya_bG9jYWw.AAAA"),
        bearer(createTokens("x", "another secret").forAgent("local")),
        bearer(createTokens("x", "another secret").forJob(attempts["mine"]!)),
        `Basic ${Buffer.from("user:wrong").toString("base64")}`,
      ];

      for (const authorization of wrong) {
        assert.equal(await statusOf(shape.method, target, authorization), expected, authorization);
      }
    });
  }

  test("only the sign of life and the door for browsers are public", () => {
    const open = endpoints.filter(([, shape]) => shape.access === "public").map(([id]) => id);

    assert.deepEqual(open, ["health", "openStudioSession"]);
  });

  test("every way into the server is an endpoint of the contract, or of MLflow's, but for what greets a browser or helps an editor", () => {
    // Building the routes needs nothing of the context; answering would.
    const { routes } = createApp({} as ServerContext, {} as Handlers);
    const ways = new Set(
      routes.filter((route) => route.method !== "ALL").map((route) => `${route.method} ${route.path}`),
    );
    const wide = routes.filter((route) => route.method === "ALL").map((route) => route.path);

    const expected = endpoints.map(([, shape]) => `${shape.method} ${shape.path}`);
    assert.deepEqual(
      ways,
      new Set([...expected, ...mlflowWays().map(({ way }) => way), ...studioWays(), "GET /schemas/:file"]),
    );
    assert.deepEqual(wide, ["/*"], "what guards every request");
  });

  test("a token in the query is no token", async () => {
    assert.equal(await statusOf("GET", `/api/v1/jobs?token=${server.token}`), 401);
  });
});

test("The person's token is taken as a bearer and as the password of any user", async () => {
  const basic = `Basic ${Buffer.from(`anyone:${server.token}`).toString("base64")}`;

  assert.equal(await statusOf("GET", "/api/v1/workspace", bearer(server.token)), 200);
  assert.equal(await statusOf("GET", "/api/v1/workspace", `bearer ${server.token}`), 200);
  assert.equal(await statusOf("GET", "/api/v1/workspace", basic), 200);
});

test("Who sends no token hears that, who sends a wrong one hears that it is wrong", async () => {
  const titleFor = async (token: string) => {
    const answer = await server.fetch("/api/v1/workspace", { token });
    return ((await answer.json()) as { title: string }).title;
  };

  assert.match(await titleFor(""), /needs a token/);
  assert.match(await titleFor("ty_another-servers"), /does not know that token/);
});

describe("A job's token", () => {
  for (const [id, shape] of endpoints.filter(([, one]) => one.access !== "public")) {
    const isOfRun = ["run", "ancestor", "family"].includes(shape.access);
    const isOfAll = ["job", "content"].includes(shape.access);
    const reaches = isOfRun || isOfAll;

    test(`reaches ${isOfRun ? "its own run" : isOfAll ? "the handler" : "nothing"} by ${id}, and no other run`, async () => {
      const token = bearer(server.tokens.forJob(attempts["mine"]!));
      const datastore = "workspaceblobstore";
      const own = targetOf(shape, { run: "mine", agent: "local", attempt: attempts["mine"]!, datastore });
      const others = targetOf(shape, { run: "other", agent: "local", attempt: attempts["other"]! });
      const nobodys = targetOf(shape, { run: "nobody", agent: "local", attempt: "nothing" });

      const query = id === "watchEvents" ? "?run=mine" : "";
      const status = await statusOf(shape.method, own + query, token);

      if (reaches) assert.ok(status !== 401 && status !== 403, `${status}`);
      else assert.equal(status, 403);
      if (isOfAll) return;
      assert.equal(await statusOf(shape.method, others, token), 403);
      assert.equal(await statusOf(shape.method, nobodys, token), 403);
    });
  }

  test("is let to these handlers, each of which looks at who asks, and to what is named by its hash", () => {
    const open = (access: string) =>
      endpoints.filter(([, shape]) => shape.access === access).map(([id]) => id);

    assert.deepEqual(open("job"), [
      "getWorkspace",
      "createJob",
      "readPlots",
      "putSnapshot",
      "hasSnapshot",
      "listComputes",
      "getCompute",
      "createAsset",
      "listAssets",
      "getAsset",
      "updateAsset",
      "listDatastores",
      "getDatastore",
      "listDatastoreFiles",
      "readDatastoreFile",
      "writeDatastoreFile",
      "watchEvents",
    ]);
    assert.deepEqual(open("content"), [
      "getSnapshot",
      "missingBlobs",
      "putBlobs",
      "putBlob",
      "getBlob",
      "readBlobs",
    ]);
  });

  test("reaches the runs that the job started itself, and no other job's", async () => {
    const startedBy = async (name: string) => {
      const headers = {
        authorization: bearer(server.tokens.forJob(attempts[name]!)),
        "content-type": "application/json",
      };
      const options = { method: "POST", headers, body: "{}" };
      const answer = await fetch(`${server.url}/api/2.0/mlflow/runs/create`, options);
      const { run } = (await answer.json()) as { run: { info: { run_id: string } } };
      return run.info.run_id;
    };
    const token = bearer(server.tokens.forJob(attempts["mine"]!));

    const [ours, theirs] = [await startedBy("mine"), await startedBy("other")];

    assert.equal(await statusOf("GET", `/api/v1/runs/${ours}`, token), 200);
    assert.equal(await statusOf("GET", `/api/v1/runs/${theirs}`, token), 403);
  });

  test("does not reach another run by a trick of the path", async () => {
    const token = bearer(server.tokens.forJob(attempts["mine"]!));
    for (const target of [
      "/api/v1/runs/mine/../other",
      "/api/v1/runs/mine%2f..%2fother",
      "/api/v1/runs/other?run=mine",
      "/api/v1/runs/other#/runs/mine",
      "/api/v1/runs/%6fther",
      "/api/v1/runs/mine%00other",
      "/api/v1/runs//other",
    ]) {
      const answer = await sendRaw(server.url, { method: "GET", target, headers: { authorization: token } });
      assert.ok([403, 404].includes(answer.status), `${target} is answered with ${answer.status}`);
    }
  });

  test("reaches nothing any more when its attempt has ended", async () => {
    const token = bearer(server.tokens.forJob(attempts["ended"]!));
    assert.equal(await statusOf("GET", "/api/v1/runs/ended", token), 200);

    await agent.end(attempts["ended"]!, "succeeded");

    for (const [id, shape] of endpoints.filter(([, one]) => one.access !== "public")) {
      const target = targetOf(shape, { run: "ended", agent: "local", attempt: attempts["ended"]! });
      assert.equal(await statusOf(shape.method, target, token), 403, id);
    }
  });

  test("of an attempt that never was reaches nothing", async () => {
    const token = bearer(server.tokens.forJob("never"));

    assert.equal(await statusOf("GET", "/api/v1/runs/mine", token), 403);
  });
});

describe("An agent's token", () => {
  const own = () => bearer(server.tokens.forAgent("local"));
  const strangers = () => bearer(server.tokens.forAgent("stranger"));

  for (const [id, shape] of endpoints.filter(([, one]) => one.access !== "public")) {
    test(`reaches by ${id} what an agent needs, and a stranger's nothing of that`, async () => {
      const target = targetOf(shape, { run: "mine", agent: "local", attempt: attempts["mine"]! });

      const status = await statusOf(shape.method, target, own());
      const stranger = await statusOf(shape.method, target, strangers());

      if (shape.access === "user" || shape.access === "job") assert.equal(status, 403);
      else assert.ok(status !== 401 && status !== 403, `${status}`);
      const isShared =
        shape.access === "content" || (shape.access === "agent" && !/:agent|:attempt/.test(shape.path));
      if (isShared) assert.ok(stranger !== 401 && stranger !== 403, `${stranger}`);
      else assert.equal(stranger, 403);
    });
  }

  test("does not reach a run on which it has no attempt", async () => {
    assert.equal(await statusOf("GET", "/api/v1/runs/nobody", own()), 403);
  });

  test("learns that an attempt is gone by not-found, which is what it waits for", async () => {
    const target = "/api/v1/attempts/gone/end";
    const body = JSON.stringify({
      epoch: agent.epoch,
      reason: "canceled",
      exitCode: null,
      message: null,
      traceback: null,
      at: 1,
    });
    const headers = { authorization: own(), "content-type": "application/json" };

    assert.equal((await sendRaw(server.url, { method: "POST", target, headers, body })).status, 404);
  });
});
