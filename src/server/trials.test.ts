// What the API says of trials while they run.
import assert from "node:assert/strict";
import { it } from "node:test";
import { aSpec } from "../../test/support/specs.ts";
import { startTestServer } from "../../test/support/test-server.ts";
import { untilState } from "../../test/support/until-state.ts";
import { asWireSpec } from "../api/job-spec.ts";

it("A trial that runs has its best value so far and its latest, and the sweep the best of all", async () => {
  await using server = await startTestServer();
  const sweep = {
    searchSpace: { x: { type: "uniform" as const, minValue: 0, maxValue: 1 } },
    sampling: { type: "random" as const, seed: 1 },
    objective: { primaryMetric: "acc", goal: "maximize" as const },
    limits: { maxTotalTrials: 2, maxConcurrentTrials: 2 },
  };
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "s", sweep })) } });
  await untilState(server.client, "s", "Running");
  const log = async (run: string, ...values: number[]) => {
    const metrics = values.map((value, step) => ({ key: "acc", value, timestamp: 1000 + step, step }));
    const answer = await server.fetch("/api/2.0/mlflow/runs/log-batch", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ run_id: run, metrics }),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  const standings = async () =>
    (await server.client.listTrials({ params: { run: "s" }, query: {} })).trials.map(
      ({ run, score, latest, outcome }) => [run, score, latest, outcome],
    );

  assert.deepEqual(await standings(), [
    ["s_0", null, null, null],
    ["s_1", null, null, null],
  ]);
  await log("s_0", 0.25, 0.75, 0.5);
  await log("s_1", 0.5);

  assert.deepEqual(await standings(), [
    ["s_0", 0.75, 0.5, null],
    ["s_1", 0.5, 0.5, null],
  ]);
  const { trials } = await server.client.getJob({ params: { run: "s" } });
  assert.deepEqual([trials?.best?.run, trials?.best?.score], ["s_0", 0.75]);
});
