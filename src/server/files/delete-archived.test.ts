import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { hashOf, refusedWith, runJob, submit } from "../../../test/support/assets.ts";
import { startFakeAgent } from "../../../test/support/fake-agent.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

/** Reads or writes the database behind the server's back. */
function inDatabase<T>(server: TestServer, act: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(server.home, "trainyard.db"));
  try {
    return act(database);
  } finally {
    database.close();
  }
}

/** As if all that is archived had been archived two months ago. */
const aTwoMonthsAgo = Date.now() - 60 * 86_400_000;
const letTimePass = (server: TestServer) =>
  inDatabase(server, (database) => {
    database.prepare("update runs set archived_at = ? where archived = 1").run(aTwoMonthsAgo);
    database.prepare("update experiments set updated_at = ? where archived = 1").run(aTwoMonthsAgo);
  });

const runs = async ({ client }: TestServer) =>
  (await client.listJobs({ query: { archived: "include" } })).jobs.map((job) => job.name).toSorted();

const collect = (server: TestServer, dryRun = false) =>
  server.client.collectStorage({ body: { dryRun, deleteArchivedHours: 30 * 24 } });

async function logPoints(server: TestServer, run: string): Promise<void> {
  const body = '{"t":"m","n":"loss","v":1,"at":1}\n{"t":"p","n":"lr","v":"1"}\n';
  await server.client.appendRecords({ params: { run }, query: { stream: "s", offset: 0 }, body });
}

test("Runs that were archived long ago are deleted with every row of theirs, others stay", async () => {
  await using server = await startTestServer();
  const agent = await startFakeAgent(server);
  for (const name of ["old", "made-a-model", "fresh"]) {
    await runJob(server, agent, name, { "outputs/model": `weights of ${name}` });
    await logPoints(server, name);
  }
  const source = { kind: "run", run: "made-a-model", path: "outputs/model" } as const;
  await server.client.createAsset({
    params: { kind: "model" },
    body: { name: "m", content: { kind: "model", type: "custom_model", source } },
  });
  for (const name of ["old", "made-a-model"]) await server.client.archiveJob({ params: { run: name } });
  letTimePass(server);
  await runJob(server, agent, "just-archived", {});
  await server.client.archiveJob({ params: { run: "just-archived" } });
  const seq = inDatabase(server, (database) =>
    database.prepare("select seq from runs where id = 'old'").get(),
  )!["seq"] as number;

  const promised = await collect(server, true);
  assert.deepEqual(promised.deleted, { runs: 1, models: 0, experiments: 0 });
  assert.equal((await runs(server)).length, 4, "a dry run deletes nothing");
  const done = await collect(server);

  assert.deepEqual(done.deleted, promised.deleted);
  assert.deepEqual(await runs(server), ["fresh", "just-archived", "made-a-model"]);
  await assert.rejects(server.client.getRun({ params: { run: "old" } }), refusedWith("not-found"));
  assert.deepEqual(rowsNaming(server, "old", seq), []);
  const model = { params: { kind: "model", name: "m", version: "1" } } as const;
  assert.equal((await server.client.getLineage(model)).madeBy?.run, "made-a-model");
  const { missing } = await server.client.missingBlobs({ body: { hashes: [hashOf("weights of fresh")] } });
  assert.deepEqual(missing, []);
});

test("What a job that has not ended names stays until it has", async () => {
  await using server = await startTestServer();
  const agent = await startFakeAgent(server);
  await runJob(server, agent, "first", {});
  await server.client.archiveJob({ params: { run: "first" } });
  letTimePass(server);
  await submit(server, "second", { environmentVariables: { GOES_ON_FROM: "first" } });

  assert.equal((await collect(server)).deleted.runs, 0);

  const { attempt } = await agent.orderFor("second");
  await agent.end(attempt, "succeeded");
  while ((await server.client.getJob({ params: { run: "second" } })).state !== "Completed");
  assert.equal((await collect(server)).deleted.runs, 1);
});

test("MLflow's deleted runs go with their children, and a deleted experiment's name is free again", async () => {
  await using server = await startTestServer();
  const mlflow = async (path: string, body: object) => {
    const answer = await server.fetch(`/api/2.0/mlflow/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as {
      experiment_id: string;
      run: { info: { run_id: string } };
      model: object;
    };
  };
  const { experiment_id } = await mlflow("experiments/create", { name: "gone" });
  const parent = (await mlflow("runs/create", { experiment_id })).run.info.run_id;
  const tags = [{ key: "mlflow.parentRunId", value: parent }];
  const child = (await mlflow("runs/create", { experiment_id, tags })).run.info.run_id;
  const { model } = await mlflow("logged-models", { experiment_id, name: "m", source_run_id: child });
  assert.ok(model);
  await mlflow("experiments/delete", { experiment_id });
  letTimePass(server);

  assert.deepEqual((await collect(server)).deleted, { runs: 2, models: 1, experiments: 1 });

  await mlflow("experiments/create", { name: "gone" });
});

test("A trial goes with its sweep only", async () => {
  await using server = await startTestServer();
  const agent = await startFakeAgent(server);
  for (const name of ["sweep", "trial"]) await runJob(server, agent, name, {});
  inDatabase(server, (database) =>
    database.exec(
      "insert into trials (sweep_id, number, run_id, parameters) values ('sweep', 0, 'trial', '{}')",
    ),
  );
  inDatabase(server, (database) => database.exec("update runs set archived = 1 where id = 'trial'"));
  letTimePass(server);
  assert.equal((await collect(server)).deleted.runs, 0);

  await server.client.archiveJob({ params: { run: "sweep" } });
  letTimePass(server);
  assert.equal((await collect(server)).deleted.runs, 2);
});

/** `table.column` of every row that still has to do with this run. */
function rowsNaming(server: TestServer, run: string, seq: number): string[] {
  return inDatabase(server, (database) => {
    const found: string[] = [];
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
    for (const { name } of tables) {
      for (const { name: column } of database
        .prepare(`select name from pragma_table_info('${String(name)}')`)
        .all()) {
        const value = column === "run_seq" ? seq : run;
        const hits = database
          .prepare(`select count(*) as n from "${String(name)}" where "${String(column)}" = ?`)
          .get(value);
        if (Number(hits!["n"]) > 0) found.push(`${String(name)}.${String(column)}`);
      }
    }
    return found;
  });
}
