// What the pages of a run ask for: curves, lines of logs, the job's file, its assets.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { aSpec } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { asWireSpec } from "../../api/job-spec.ts";

const params = { run: "a" };
let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.client.createJob({ body: { spec: asWireSpec(aSpec({ name: "a", tags: { team: "x" } })) } });
});
after(() => server[Symbol.asyncDispose]());

test("Curves come as points, NaN as a gap, and names without numbers are left out", async () => {
  const lines = [1, "NaN", 3].map((v, s) => `${JSON.stringify({ t: "m", n: "loss", v, s, at: 1000 + s })}\n`);
  await server.client.appendRecords({ params, query: { stream: "s", offset: 0 }, body: lines.join("") });

  const { plots } = await server.client.readPlots({
    body: {
      series: [
        { run: "a", name: "loss" },
        { run: "a", name: "none" },
        { run: "gone", name: "loss" },
      ],
    },
  });

  assert.deepEqual(plots, [
    {
      run: "a",
      name: "loss",
      count: 3,
      last: 3,
      pointsPerStretch: 1,
      index: [0, 1, 2],
      step: [0, 1, 2],
      at: [1000, 1001, 1002],
      mean: [1, null, 3],
    },
  ]);
});

test("A tail in stretches that are no power of two is refused", async () => {
  const body = { series: [{ run: "a", name: "loss", tail: { pointsPerStretch: 3, from: 0 } }] };

  await assert.rejects(server.client.readPlots({ body }), /power of two/);
});

test("Many runs are read at once with their jobs: null where nobody submitted, and none where there is no run", async () => {
  const made = await server.fetch("/api/2.0/mlflow/runs/create", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ experiment_id: "0", run_name: "logged" }),
  });
  const { run } = (await made.json()) as { run: { info: { run_id: string } } };
  const logged = run.info.run_id;

  const { runs } = await server.client.readRunDetails({ body: { runs: [logged, "gone", "a", "a"] } });

  assert.deepEqual(
    runs.map(({ run: { id }, job }) => [id, job?.name]),
    [
      [logged, undefined],
      ["a", "a"],
    ],
  );
  assert.deepEqual(runs[1]!.run, await server.client.getRun({ params }));
  assert.deepEqual(runs[1]!.job, await server.client.getJob({ params }));
});

test("Lines are counted and found while a log grows, and after", async () => {
  const path = "azureml-logs/70_driver_log.txt";
  const text = `first\n${"x".repeat(300_000)}\nError here\n`;
  const append = (offset: number, part: string, close: boolean) =>
    server.client.appendArtifact({ params, query: { path, offset, close: String(close) }, body: part });
  await append(0, text, false);

  const index = await server.client.indexLog({ params, query: { path } });
  const found = await server.client.searchLog({ params, query: { path, text: "error" } });
  await append(text.length, "error again\n", true);
  const later = await server.client.searchLog({ params, query: { path, text: "error", limit: 1 } });

  assert.deepEqual(index, {
    stretchBytes: 262_144,
    lineEnds: [1],
    sizeBytes: text.length,
    growing: true,
  });
  assert.deepEqual([found.total, found.lines], [1, [2]]);
  assert.deepEqual([later.total, later.lines], [2, [2]]);
  await assert.rejects(
    server.client.indexLog({ params, query: { path: "none.txt" } }),
    /no file named none.txt/,
  );
});

test("A job is shown as the file that would make it again, with the assets that it used", async () => {
  const { yaml } = await server.client.getJobFile({ params });

  assert.match(yaml, /^experiment_name: /m);
  assert.match(yaml, /^ {2}team: x$/m);
  assert.deepEqual(await server.client.listRunAssets({ params }), { assets: [] });
  await assert.rejects(server.client.getJobFile({ params: { run: "none" } }), /no job named none/);
});
