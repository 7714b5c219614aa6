// Moving an MLflow store here: stores made by MLflow itself, moved by the real command line, stopped, moved again, checked.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";
import { pythonWithMlflow } from "../support/mlflow-python.ts";
import { createRandom } from "../support/random.ts";
import { startTestServer } from "../support/test-server.ts";

const execute = promisify(execFile);
const script = join(import.meta.dirname, "fill-store.py");

interface Moved {
  newRuns: number;
  changedRuns: number;
  points: number;
  files: number;
  bytes: number;
  versions: number;
}
interface Result {
  moved: Moved;
  verdict: string;
  faults: { what: string; why: string }[];
  experiments: {
    name: string;
    things: { id: string; hereId: string; points: number; differences: string[] }[];
  }[];
  registered: { name: string; versions: number; differences: string[] }[];
}

/** Fills a store by MLflow itself; the id of its main run. */
async function fill(
  python: string,
  uri: string,
  cwd: string,
  more: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await execute(python, ["-W", "ignore", script], {
    cwd,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: uri,
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_ALLOW_FILE_STORE: "true",
      ...more,
    },
  });
  return /^run (\S+)$/m.exec(stdout)![1]!;
}

async function importFrom(home: TestHome, from: string, ...options: string[]) {
  const ran = await home.run("import", "mlflow", "--from", from, "-o", "json", ...options);
  return { ...ran, result: ran.stdout === "" ? undefined : (JSON.parse(ran.stdout) as Result) };
}

/** What MLflow's interface says about a run here. */
async function readRun(home: TestHome, id: string) {
  const { url } = await home.server();
  const token = (await readFile(join(home.folder, "token"), "utf8")).trim();
  const ask = async (target: string) =>
    (await (await fetch(url + target, { headers: { authorization: `Bearer ${token}` } })).json()) as Record<
      string,
      unknown
    >;
  const { run } = (await ask(`/api/2.0/mlflow/runs/get?run_id=${id}`)) as {
    run: { info: Record<string, unknown>; data: Record<string, { key: string; value: unknown }[]> };
  };
  const history = async (key: string) =>
    (
      (await ask(
        `/api/2.0/mlflow/metrics/get-history?run_id=${id}&metric_key=${encodeURIComponent(key)}`,
      )) as {
        metrics: { value: unknown; step: number; timestamp: number }[];
      }
    ).metrics;
  return { run, history, ask };
}

async function checkMainRun(home: TestHome, id: string) {
  const { run, history, ask } = await readRun(home, id);
  assert.equal(run.info["run_name"], "first try");
  assert.equal(run.info["status"], "FINISHED");
  assert.equal(run.info["end_time"], 1_700_000_000_500);
  const params = Object.fromEntries(run.data["params"]!.map(({ key, value }) => [key, value]));
  assert.deepEqual(params, { lr: "0.1", "model/depth": "3", lines: "one\ntwo\n three", empty: "" });
  assert.equal((await history("loss")).length, 120);
  const odd = (await history("val/odd: x.y-z")).sort((a, b) => a.step - b.step);
  assert.deepEqual(
    odd.map(({ value }) => value),
    [1, "NaN", "Infinity", "-Infinity", -0.5, 1e-300],
  );
  assert.deepEqual(
    odd.map(({ step }) => step),
    [-2, -1, 0, 1, 2, 3],
  );
  // The same point twice is one, as in MLflow's own databases.
  assert.equal((await history("same-step")).length, 2);
  const { registered_models: models } = (await ask("/api/2.0/mlflow/registered-models/search")) as {
    registered_models: { name: string; aliases?: { alias: string; version: string }[] }[];
  };
  assert.deepEqual(models.map(({ name }) => name).sort(), ["empty-one", "flower-net"]);
  const net = models.find(({ name }) => name === "flower-net")!;
  assert.deepEqual(net.aliases, [{ alias: "champion", version: "3" }]);
}

describe("import mlflow", () => {
  for (const major of [2, 3]) {
    it(`moves a folder of MLflow ${major}, then nothing, then only what changed`, async (t) => {
      const python = await pythonWithMlflow(t, major);
      if (python === undefined) return;
      await using home = await openTestHome();
      const store = join(home.work, "mlruns");
      const id = await fill(python, `file://${store}`, home.work);

      const first = await importFrom(home, "mlruns", "--include-deleted");
      assert.equal(first.code, 0, first.stderr);
      assert.equal(first.result!.verdict, "same");
      assert.equal(first.result!.moved.newRuns, 6);
      await checkMainRun(home, id);

      const second = await importFrom(home, "mlruns", "--include-deleted");
      assert.equal(second.code, 0, second.stderr);
      const { newRuns, changedRuns, points, files, versions } = second.result!.moved;
      assert.deepEqual([newRuns, changedRuns, points, files, versions], [0, 0, 0, 0, 0]);

      const place = await runFolder(store, id);
      await appendFile(join(place, "metrics", "loss"), "1700000900000 0.5 500\n1700000900001 0.4 501\n");
      await writeFile(join(place, "artifacts", "notes.txt"), "hullo");
      const third = await importFrom(home, "mlruns", "--include-deleted");
      assert.equal(third.code, 0, third.stderr);
      assert.equal(third.result!.moved.points, 2);
      assert.equal(third.result!.moved.files, 1);
      assert.equal(third.result!.moved.changedRuns, 1);
    });
  }

  it("moves a database of MLflow 3 with its logged models, and finds a file that was damaged here", async (t) => {
    const python = await pythonWithMlflow(t, 3);
    if (python === undefined) return;
    await using home = await openTestHome();
    const id = await fill(python, "sqlite:///mlflow.db", home.work);

    const wrong = await importFrom(home, "mlruns");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /Did you mean --from sqlite:\/\/\/mlflow\.db/);

    const first = await importFrom(home, "sqlite:///mlflow.db");
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.result!.moved.newRuns, 4);
    assert.match(first.stderr, /Left out 2 that are deleted/);
    await checkMainRun(home, id);

    const damaged = await damageBlobOf(home, id, "big.txt");
    const again = await importFrom(home, "sqlite:///mlflow.db");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /file big\.txt: its bytes are damaged here/, damaged);
  });

  it("moves what another server has, over MLflow's interface", async (t) => {
    const python = await pythonWithMlflow(t, 3);
    if (python === undefined) return;
    await using home = await openTestHome();
    await using server = await startTestServer();
    const proof = { MLFLOW_TRACKING_TOKEN: server.token };
    const id = await fill(python, server.url, home.work, proof);

    const refused = await importFrom(home, server.url);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /MLFLOW_TRACKING_TOKEN/);

    const from = server.url.replace("http://", `http://me:${server.token}@`);
    const first = await importFrom(home, from);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.result!.verdict, "same");
    await checkMainRun(home, id);
    assert.doesNotMatch(first.stderr, new RegExp(server.token));
    const second = await importFrom(home, from);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(second.result!.moved.points + second.result!.moved.files + second.result!.moved.newRuns, 0);
  });

  it("loses nothing and doubles nothing when it is killed again and again", async (t) => {
    const python = await pythonWithMlflow(t, 2);
    if (python === undefined) return;
    await using home = await openTestHome();
    const id = await fill(python, `file://${join(home.work, "mlruns")}`, home.work);
    await home.run("server", "start");

    const random = createRandom(71);
    for (let round = 0; round < 6; round++) {
      const child = home.start("import", "mlflow", "--from", "mlruns", "--jobs", "2");
      const ended = once(child, "exit");
      await eventsOf(home, 1 + random.below(10), child);
      child.kill("SIGKILL");
      await ended;
    }

    const last = await importFrom(home, "mlruns");
    assert.equal(last.code, 0, last.stderr);
    await checkMainRun(home, id);
    const { ask } = await readRun(home, id);
    const { model_versions: versions } = (await ask("/api/2.0/mlflow/model-versions/search")) as {
      model_versions: { version: string }[];
    };
    assert.deepEqual(versions.map(({ version }) => version).sort(), ["1", "3"]);
  });

  it("leaves an experiment of another origin alone, and says how to move it beside", async (t) => {
    const python = await pythonWithMlflow(t, 2);
    if (python === undefined) return;
    await using home = await openTestHome();
    await fill(python, `file://${join(home.work, "a", "mlruns")}`, home.work);
    await fill(python, `file://${join(home.work, "b", "mlruns")}`, home.work);
    await importFrom(home, "a/mlruns");

    const beside = await importFrom(home, "b/mlruns", "--experiment", "vision");
    assert.equal(beside.code, 1);
    assert.match(beside.stderr, /did not come from there[\s\S]*--experiment-prefix/);
    const prefixed = await importFrom(
      home,
      "b/mlruns",
      "--experiment",
      "vision",
      "--experiment-prefix",
      "b-",
    );
    assert.equal(prefixed.code, 0, prefixed.stderr);
    assert.equal(prefixed.result!.experiments[0]!.name, "b-vision");
    const misspelt = await importFrom(home, "b/mlruns", "--experiment", "vison");
    assert.equal(misspelt.code, 2);
    assert.match(misspelt.stderr, /Did you mean "vision"/);
  });
});

async function runFolder(store: string, id: string): Promise<string> {
  for (const experiment of await readdir(store)) {
    const runs = await readdir(join(store, experiment)).catch((): string[] => []);
    if (runs.includes(id)) return join(store, experiment, id);
  }
  throw new Error(`no folder of ${id}`);
}

/** Turns a byte of a stored file over, with the server away. */
async function damageBlobOf(home: TestHome, run: string, path: string): Promise<string> {
  const client = await home.client();
  const { artifacts } = await client.listArtifacts({ params: { run } });
  const { hash } = artifacts.find((one) => one.path === path)!;
  await home.run("server", "stop");
  const names = await readdir(join(home.folder, "blobs"), { recursive: true });
  const name = names.find((one) => one.replaceAll("/", "").endsWith(hash!.slice(2)));
  assert.ok(name, `no file of ${hash} among ${names.length}`);
  const file = join(home.folder, "blobs", name);
  const bytes = await readFile(file);
  bytes[1000] = bytes[1000]! ^ 1;
  await writeFile(file, bytes, { mode: 0o600 });
  return name;
}

/** Resolves when the server has told of so many more changes, or the import has ended by itself. */
async function eventsOf(home: TestHome, wanted: number, child: ChildProcess): Promise<void> {
  const client = await home.client();
  let { lastEvent: after } = await client.lastEvent({});
  for (let seen = 0; seen < wanted && child.exitCode === null;) {
    const { events } = await client.listEvents({ query: { after } });
    seen += events.length;
    after = events.at(-1)?.seq ?? after;
  }
}
