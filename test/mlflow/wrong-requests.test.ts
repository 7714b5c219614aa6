// No mistake of a client makes the server fail: MLflow's clients would try again for minutes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { homeLayout } from "../../src/core/home.ts";
import { createRandom } from "../support/random.ts";
import { sendRaw } from "../support/raw-request.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { makeWrongRequest } from "./wrong-calls.ts";
import type { MlflowWorld } from "./wrong-calls.ts";

const wrongRequests = 2000;
const api = "/api/2.0/mlflow";

async function ask<Answer>(server: TestServer, path: string, body: object): Promise<Answer> {
  const response = await server.fetch(`${api}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, path);
  return (await response.json()) as Answer;
}

interface MadeRun {
  run: { info: { run_id: string } };
}

async function furnish(server: TestServer): Promise<MlflowWorld> {
  const { experiment_id: experiment } = await ask<{ experiment_id: string }>(server, "/experiments/create", {
    name: "here",
  });
  const makeRun = async () =>
    (await ask<MadeRun>(server, "/runs/create", { experiment_id: experiment })).run.info.run_id;
  const run = await makeRun();
  const deletedRun = await makeRun();
  await ask(server, "/runs/delete", { run_id: deletedRun });
  const { model } = await ask<{ model: { info: { model_id: string } } }>(server, "/logged-models", {
    experiment_id: experiment,
  });
  return { token: server.token, experiment, run, deletedRun, model: model.info.model_id };
}

/** All that is stored, as text; asked for only when somebody has written at all. */
function watchStore(server: TestServer) {
  const database = new DatabaseSync(join(server.home, homeLayout.database), { readOnly: true });
  const version = () => JSON.stringify(database.prepare("pragma data_version").get());
  const tables = database.prepare("select name from sqlite_schema where type = 'table' order by name").all();
  const dump = () =>
    JSON.stringify(tables.map(({ name }) => database.prepare(`select * from "${String(name)}"`).all()));
  let last = { version: version(), dump: dump() };
  return {
    hasChanged(): boolean {
      const now = version();
      if (now === last.version) return false;
      const before = last.dump;
      last = { version: now, dump: dump() };
      return before !== last.dump;
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function explains(text: string): boolean {
  if (!text.startsWith("{")) return false;
  const { error_code, message } = JSON.parse(text) as { error_code?: unknown; message?: unknown };
  return (
    typeof error_code === "string" &&
    /^[A-Z_]+$/.test(error_code) &&
    typeof message === "string" &&
    message !== ""
  );
}

test("Of thousands of wrong requests none fails, each is told what is wrong, and none that is refused leaves a trace", async () => {
  await using server = await startTestServer();
  const world = await furnish(server);
  using store = watchStore(server);
  const counts = new Map<number, number>();
  const failures: string[] = [];
  for (let seed = 0; seed < wrongRequests; seed++) {
    const { what, ...request } = makeWrongRequest(createRandom(seed), world);

    const { body, ...head } = request;
    const { status, text } = await sendRaw(server.url, { ...head, ...(body !== undefined && { body }) });

    counts.set(status, (counts.get(status) ?? 0) + 1);
    const told = `seed ${seed}, ${what}: ${request.method} ${request.target.slice(0, 300)} ${String(body).slice(0, 300)} → ${status} ${text.slice(0, 300)}`;
    // Multipart download is not there, which the client is to hear by exactly this status.
    const isKnownGap = status === 501 && request.target.includes("/presigned/");
    if (status >= 500 && !isKnownGap) failures.push(told);
    if (store.hasChanged() && status >= 400) failures.push(`refused, and yet something was stored: ${told}`);
    if (status >= 400 && !explains(text)) failures.push(`says not what is wrong: ${told}`);
  }
  assert.deepEqual(failures.slice(0, 20), []);
  const refused = [...counts].reduce((sum, [status, count]) => sum + (status >= 400 ? count : 0), 0);
  assert.ok(refused > wrongRequests * 0.6, `few were wrong: ${JSON.stringify([...counts])}`);

  await ask(server, "/runs/create", { experiment_id: "0" });
  assert.equal((await server.client.health({})).status, "ok");
});
