// Jobs on several nodes with the real command line, server and agent: what processes are told, and that they can talk.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { delimiter, dirname } from "node:path";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { pythonWithMlflow } from "./support/mlflow-python.ts";
import { requireProgram } from "./support/require-component.ts";

const examples = join(import.meta.dirname, "..", "examples");

interface Shape {
  distribution: string;
  nodes?: number;
  dialect?: "A" | "C";
}

/** A job on two nodes; it runs on the host's own programs. */
const jobFile = (command: string, { distribution, nodes = 2, dialect = "A" }: Shape): string =>
  dialect === "A"
    ? `command: ${JSON.stringify(command)}
environment: {interpreter: python3}
compute: {target: local, instance_count: ${nodes}}
distribution: ${distribution}
`
    : `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: ${JSON.stringify(command)}
environment: {interpreter: python3}
compute: local
resources: {instance_count: ${nodes}}
distribution: ${distribution}
`;

/** An example's job with a Python that has its packages already, instead of its environment. */
async function example(home: TestHome, name: string, python: string): Promise<string> {
  const folder = join(examples, name);
  const text = (await readFile(join(folder, "job.yml"), "utf8"))
    .replace("conda_file: file:environment.yml", `interpreter: ${python}`)
    .replace("local_path: src", `local_path: ${join(folder, "src")}`);
  const path = [dirname(python), process.env["PATH"]].join(delimiter);
  return home.file(`${name}.yml`, `${text}environment_variables: {PATH: ${JSON.stringify(path)}}\n`);
}

/** Runs it to its end and gives back what it has left. */
async function runJob(home: TestHome, name: string, text: string, more: string[] = []) {
  const file = await home.file(`${name}.yml`, text);
  return finish(home, name, ["-f", file, ...more]);
}

async function finish(home: TestHome, name: string, args: string[]) {
  const created = await home.run("job", "create", "-n", name, "--stream", ...args);
  const down = await home.run("job", "download", "-n", name, "-p", "down", "--all");
  assert.equal(down.code, 0, `${created.stderr}${down.stderr}`);
  // Each dialect's command line has its own layout.
  const isFlat = (await readdir(join(home.work, "down"))).includes("artifacts");
  const root = join(home.work, "down", isFlat ? "artifacts" : name);
  const read = (path: string) => readFile(join(root, path), "utf8").catch(() => "");
  return { created, read, list: (folder: string) => readdir(join(root, folder)) };
}

const showRanks = `echo "R=$RANK L=$LOCAL_RANK W=$WORLD_SIZE N=$NODE_RANK A=$MASTER_ADDR P=$MASTER_PORT I=$AZUREML_PROCESS_NAME C=$AZUREML_NODE_COUNT H=$AZ_BATCH_HOST_LIST M=$AZ_BATCH_MASTER_NODE"`;

describe("A distributed job", { timeout: 300_000 }, () => {
  for (const dialect of ["A", "C"] as const) {
    it(`of PyTorch in dialect ${dialect} tells each process its rank, and the nodes' addresses to all`, async () => {
      await using home = await openTestHome();
      const count = dialect === "A" ? "process_count: 4" : "process_count_per_instance: 2";
      const text = jobFile(`${showRanks}; echo $RANK > outputs/$RANK; echo $RANK > outputs/same`, {
        distribution: `{type: pytorch, ${count}}`,
        dialect,
      });

      const { created, read, list } = await runJob(home, "ranks", text);

      assert.equal(created.code, 0, created.stdout + created.stderr);
      for (const rank of [0, 1, 2, 3]) {
        const said = await read(`azureml-logs/70_driver_log_${rank}.txt`);
        const match =
          /^R=(\d) L=(\d) W=4 N=(\d) A=(\S+) P=\d+ I=rank_(\d) C=2 H=(\S+),(\S+) M=(\S+):\d+$/m.exec(said);
        assert.ok(match, said);
        const [, own, local, node, master, name, first, second, batchMaster] = match;
        assert.deepEqual([own, local, node, name], [rank, rank % 2, Math.floor(rank / 2), rank].map(String));
        assert.deepEqual([master, batchMaster], [first, first]);
        if (process.platform === "linux") assert.notEqual(first, second);
        assert.equal(await read(`user_logs/std_log_process_${rank}.txt`), said);
        assert.ok((await read("azureml-logs/70_driver_log.txt")).includes(`[rank_${rank}] R=${rank} `));
      }
      assert.deepEqual((await list("outputs")).sort(), ["0", "1", "2", "3", "same"]);
      assert.match(
        created.stdout,
        /same was written by node 0 and by node 1; the later one, of node \d, is kept/,
      );
    });
  }

  it("of PyTorch without a count runs once a node and leaves LOCAL_RANK to whoever starts more", async () => {
    await using home = await openTestHome();

    const { read } = await runJob(home, "nodes", jobFile(showRanks, { distribution: "{type: pytorch}" }));

    assert.match(await read("azureml-logs/70_driver_log_1.txt"), /^R=1 L= W=2 N=1 /m);
  });

  it("of TensorFlow gets TF_CONFIG, and its parameter servers end when the workers have", async () => {
    await using home = await openTestHome();
    const command = `echo "$TF_CONFIG"; case $TF_CONFIG in *'"type":"ps"'*) sleep 600;; esac`;
    const text = jobFile(command, {
      distribution: "{type: tensorflow, worker_count: 2, parameter_server_count: 1}",
      nodes: 1,
    });

    const { created, read } = await runJob(home, "tf", text);

    assert.equal(created.code, 0, created.stdout + created.stderr);
    const configs = [];
    for (const name of ["worker_0", "worker_1", "ps_0"]) {
      const config = JSON.parse((await read(`azureml-logs/70_driver_log_${name}.txt`)).split("\n")[0]!) as {
        cluster: { worker: string[]; ps: string[] };
        task: { type: string; index: number };
        environment: string;
      };
      assert.deepEqual(
        [config.cluster.worker.length, config.cluster.ps.length, config.environment],
        [2, 1, "cloud"],
      );
      assert.equal(new Set([...config.cluster.worker, ...config.cluster.ps]).size, 3);
      configs.push(`${config.task.type}_${config.task.index}`);
    }
    assert.deepEqual(configs, ["worker_0", "worker_1", "ps_0"]);
  });

  it("that cannot be spread is refused before anything runs", async () => {
    await using home = await openTestHome();
    const odd = await home.file(
      "odd.yml",
      jobFile("true", { distribution: "{type: pytorch, process_count: 3}" }),
    );
    const wide = await home.file(
      "wide.yml",
      jobFile("true", { distribution: "{type: pytorch}", nodes: 500 }),
    );

    const twice = await home.file(
      "twice.yml",
      jobFile("cd src && mpirun -np 4 python train.py", { distribution: "{type: mpi}" }),
    );

    const [oddly, widely, nested] = [
      await home.run("job", "create", "-f", odd),
      await home.run("job", "create", "-f", wide),
      await home.run("job", "create", "-f", twice),
    ];

    assert.match(oddly.stderr, /3 processes cannot be spread evenly over 2 nodes/);
    assert.match(widely.stderr, /500 nodes were asked for, and local may have \d+/);
    assert.match(nested.stderr, /the command starts mpirun, and so does the job's distribution/);
  });

  it("by PyTorch trains: the example's processes end with the same weights", async (t) => {
    const python = await pythonWithMlflow(t, 3, ["torch==2.13.0", "lightning", "keras"]);
    if (python === undefined) return;
    await using home = await openTestHome();

    const { created, read } = await finish(home, "digits", [
      "-f",
      await example(home, "distributed-pytorch", python),
    ]);

    const log = await read("azureml-logs/70_driver_log.txt");
    assert.equal(created.code, 0, created.stdout + created.stderr + log);
    for (const rank of [0, 1, 2, 3])
      assert.match(log, new RegExp(`rank ${rank} of 4 on node ${rank >> 1} has the same`));
    assert.ok(Number(/accuracy: (\S+)/.exec(log)?.[1]) > 0.9, log);
  });

  it("by MPI trains: the example's processes find one line together", async (t) => {
    if (requireProgram(t, "mpirun") === undefined) return;
    const python = await pythonWithMlflow(t, 3, ["mpi4py"]);
    if (python === undefined) return;
    await using home = await openTestHome();

    const { created, read } = await finish(home, "line", [
      "-f",
      await example(home, "distributed-mpi", python),
    ]);

    const log = await read("azureml-logs/70_driver_log.txt");
    assert.equal(created.code, 0, created.stdout + created.stderr + log);
    assert.match(log, /\[rank_0\] slope 3\.\d+, intercept 0\.[45]/);
    assert.match(log, /\[rank_3\] rank 3 of 4: local rank 1 on local-1/);
  });
});
