// kill -9 of the server while clients log over MLflow's interface: every point that was acknowledged is there, once.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { homeLayout } from "../../src/core/home.ts";
import { startProgram } from "../support/child-lines.ts";
import { makeTempFolder } from "../support/temp-folder.ts";

const server = join(import.meta.dirname, "..", "support", "server-process.fixture.ts");
const clients = 8;
const rounds = 3;
const pointsInBatch = 20;

interface Metric {
  value: number;
  step: number;
}

it("Every acknowledged point is there exactly once after kill -9 while 8 clients log", async () => {
  await using folder = await makeTempFolder();
  const home = join(folder.path, "home");
  const acknowledged = new Map<number, number>(Array.from({ length: clients }, (_, client) => [client, 0]));
  let run = "";

  for (let round = 0; round <= rounds; round++) {
    const process = startProgram(server, [home]);
    const { value: url } = await process.lines.next();
    const token = (await readFile(join(home, homeLayout.tokenFile), "utf8")).trim();
    const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
      const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
        method: body ? "POST" : "GET",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()) as Record<string, unknown>;
    };
    if (run === "") {
      const made = (await call("runs/create", { experiment_id: "0" })) as {
        run: { info: { run_id: string } };
      };
      run = made.run.info.run_id;
    }

    for (const [client, sent] of acknowledged) {
      const path = `metrics/get-history?run_id=${run}&metric_key=client-${client}`;
      const { metrics = [] } = (await call(path)) as { metrics?: Metric[] };
      const steps = metrics.map(({ step }) => step);
      assert.deepEqual(steps, [...steps.keys()], `client ${client}: each once, and no gap`);
      assert.ok(steps.length >= sent, `client ${client}: ${sent} acknowledged, ${steps.length} there`);
      assert.equal(steps.length % pointsInBatch, 0, "a batch is stored whole or not at all");
    }
    if (round === rounds) {
      await process.killHard();
      break;
    }

    let batches = 0;
    const killAfter = randomInt(20, 120);
    const ended = new Promise<void>((resolve) => {
      const logFor = async (client: number) => {
        for (;;) {
          const first = acknowledged.get(client)!;
          const metrics = Array.from({ length: pointsInBatch }, (_, index) => ({
            key: `client-${client}`,
            value: first + index,
            timestamp: 1_767_225_600_000 + first + index,
            step: first + index,
          }));
          // After a kill the last batch is sent again, as by any client that got no answer.
          await call("runs/log-batch", { run_id: run, metrics });
          acknowledged.set(client, first + pointsInBatch);
          if (++batches === killAfter) resolve();
        }
      };
      for (let client = 0; client < clients; client++) {
        // Ends when the server is gone; what was refused for another reason is no broken connection.
        logFor(client).catch((error: unknown) => assert.ok(error instanceof TypeError, String(error)));
      }
    });
    await ended;
    await process.killHard();
  }

  assert.ok(
    [...acknowledged.values()].every((points) => points > 0),
    "every client logged",
  );
});
