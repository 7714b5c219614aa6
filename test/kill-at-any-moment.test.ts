// kill -9 of the server, the agent, or both, at twenty random moments of a running job: the job completes, and every
// line and every metric point is there once, in order.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { kill, openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

const moments = 20;
const lines = 120;

const program = `
import time
from azureml.core import Run
run = Run.get_context()
for number in range(${lines}):
    print("line", number, flush=True)
    run.log("number", number, step=number)
    time.sleep(0.01)
`;

describe("kill -9 at any moment", { concurrency: 1 }, () => {
  let home: TestHome;

  before(async () => {
    home = await openTestHome();
    await home.file("src/count.py", program);
    await home.file(
      "job.yml",
      [
        "code: {local_path: src}",
        "command: python count.py",
        "environment: {docker: {image: python}}",
        "compute: {target: local}",
      ].join("\n"),
    );
    assert.equal((await home.run("job", "create", "-f", "job.yml", "--stream")).code, 0);
  });

  after(() => home[Symbol.asyncDispose]());

  for (let moment = 0; moment < moments; moment++) {
    const victims = (["server", "agent", "both"] as const)[moment % 3]!;

    it(`loses and doubles nothing when the ${victims} dies, moment ${moment + 1}`, async (t) => {
      const created = await home.run("job", "create", "-f", "job.yml", "--query", "name", "-o", "tsv");
      assert.equal(created.code, 0, created.stderr);
      const name = created.stdout.trim();

      // From before the process starts until after it has ended.
      const delayMs = Math.random() * 1900;
      t.diagnostic(`${victims} after ${delayMs.toFixed(0)} ms`);
      await pause(delayMs);
      const server = await home.server();
      const agent = await home.agentPid();
      if (victims !== "agent") kill(server.pid);
      if (victims !== "server") kill(agent);

      const streamed = await home.run("job", "stream", "-n", name);

      assert.equal(streamed.code, 0, streamed.stderr);
      const client = await home.client();
      const job = await client.getJob({ params: { run: name } });
      assert.equal(job.state, "Completed", JSON.stringify(job.error));
      assert.equal(job.attempt, 1);
      assert.equal(await logOf(home, name), expectedLog);
      const metric = await client.getMetric({ params: { run: name }, query: { name: "number" } });
      assert.deepEqual(
        metric.values,
        Array.from({ length: lines }, (_, number) => number),
      );
      assert.deepEqual(
        metric.index,
        Array.from({ length: lines }, (_, number) => number),
      );
    });
  }

  for (const victims of ["server", "both"] as const) {
    it(`shows every line once to the one who watches while the ${victims} dies twice`, async () => {
      const watching = home.start("job", "create", "-f", "job.yml", "--stream");
      let shown = "";
      let deaths = 0;
      for await (const chunk of watching.stdout!) {
        shown += String(chunk);
        if (!shown.includes(`line ${30 + 30 * deaths}\n`) || deaths === 2) continue;
        deaths++;
        const server = await home.server();
        const agent = await home.agentPid();
        kill(server.pid);
        if (victims === "both") kill(agent);
      }

      assert.equal(deaths, 2);
      const lines = shown.split("\n").filter((line) => line.startsWith("line "));
      assert.deepEqual(`${lines.join("\n")}\n`, expectedLog);
      assert.match(shown, /Execution Summary/);
    });
  }
});

const expectedLog = Array.from({ length: lines }, (_, number) => `line ${number}\n`).join("");

async function logOf(home: TestHome, run: string): Promise<string> {
  const client = await home.client();
  const chunks: Uint8Array[] = [];
  const query = { path: "azureml-logs/70_driver_log.txt" };
  for await (const chunk of await client.readArtifact({ params: { run }, query })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
