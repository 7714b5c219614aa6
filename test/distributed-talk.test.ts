// Jobs of several nodes as the samples have them, with scripts that read each variable by name, and the real torch,
// MPI and TensorFlow: the processes really talk to each other.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { pythonWithMlflow } from "./support/mlflow-python.ts";
import { requireProgram } from "./support/require-component.ts";

const samples = join(import.meta.dirname, "samples", "distributed");
const examples = join(import.meta.dirname, "..", "examples");

const pythonWithTorch = (t: TestContext) => pythonWithMlflow(t, 3, ["torch==2.13.0", "lightning", "keras"]);

interface Talk {
  title: string;
  command: string;
  /** Below `command`. */
  rest: string;
  processes: number;
  dialect?: "C";
}

const onTwoNodes = "compute: {target: azureml:two, instance_count: 2}";

const talks: Talk[] = [
  {
    title: "process_count 4 on two nodes",
    command: "python talk_torch.py",
    rest: `${onTwoNodes}\ndistribution: {type: pytorch, process_count: 4}`,
    processes: 4,
  },
  {
    title: "process_count 2 on two nodes",
    command: "python talk_torch.py",
    rest: `${onTwoNodes}\ndistribution: {type: pytorch, process_count: 2}`,
    processes: 2,
  },
  {
    title: "process_count_per_instance 2 in dialect C",
    command: "python talk_torch.py",
    rest: "compute: azureml:two\nresources: {instance_count: 2}\ndistribution: {type: PyTorch, process_count_per_instance: 2}",
    processes: 4,
    dialect: "C",
  },
  {
    title: "torchrun once a node, without a count",
    command:
      "python -m torch.distributed.run --nproc_per_node 2 --nnodes $AZUREML_NODE_COUNT --node_rank $NODE_RANK --master_addr $MASTER_ADDR --master_port $MASTER_PORT talk_torch.py",
    rest: `${onTwoNodes}\ndistribution: {type: pytorch}`,
    processes: 4,
  },
  {
    title: "the arguments of the oldest scripts",
    command: "python talk_torch.py --rank $AZ_BATCHAI_TASK_INDEX --dist-url $AZ_BATCHAI_PYTORCH_INIT_METHOD",
    rest: `${onTwoNodes}\ndistribution: {type: pytorch}`,
    processes: 2,
  },
];

describe("A sample's processes talk by PyTorch", { timeout: 900_000 }, () => {
  for (const talk of talks) {
    it(talk.title, async (t) => {
      const python = await pythonWithTorch(t);
      if (python === undefined) return;
      await using home = await openCluster();

      checkTalk(await run(home, await talkFile(home, talk, python)), talk.processes);
    });
  }
});

describe("A sample's processes talk by MPI", { timeout: 300_000 }, () => {
  for (const dialect of ["A", "C"] as const) {
    it(`process_count_per_instance 2 on two nodes in dialect ${dialect}`, async (t) => {
      if (requireProgram(t, "mpirun") === undefined) return;
      const python = await pythonWithMlflow(t, 3, ["mpi4py"]);
      if (python === undefined) return;
      await using home = await openCluster();
      const where = dialect === "A" ? onTwoNodes : "compute: azureml:two\nresources: {instance_count: 2}";
      const talk: Talk = {
        title: "mpi",
        command: "python talk_mpi.py",
        rest: `${where}\ndistribution: {type: mpi, process_count_per_instance: 2}`,
        processes: 4,
        ...(dialect === "C" && { dialect }),
      };

      checkTalk(await run(home, await talkFile(home, talk, python)), 4);
    });
  }
});

describe("The example by TensorFlow", { timeout: 900_000 }, () => {
  it("trains one model with two workers, which end with the same loss", async (t) => {
    const python = await pythonWithMlflow(t, 3, ["tensorflow-cpu"]);
    if (python === undefined) return;
    await using home = await openTestHome();
    const folder = join(examples, "distributed-tensorflow");
    const text = (await readFile(join(folder, "job.yml"), "utf8"))
      .replace("conda_file: file:environment.yml", `interpreter: ${python}`)
      .replace("local_path: src", `local_path: ${join(folder, "src")}`);

    const log = await run(home, await home.file("tf.yml", text));

    const losses = [...log.matchAll(/^\[worker_(\d)\] worker \1 of 2: 2 replicas, loss (0\.\d+)$/gm)];
    assert.deepEqual(new Set(losses.map(([, worker]) => worker)), new Set(["0", "1"]), log.slice(-5000));
    assert.equal(losses[0]?.[2], losses[1]?.[2]);
    assert.ok(Number(losses[0]?.[2]) < 1, "it has learned something");
  });
});

async function openCluster(): Promise<TestHome> {
  const home = await openTestHome();
  const made = await home.run("compute", "create", "-n", "two", "--max-instances", "2");
  assert.equal(made.code, 0, made.stderr);
  return home;
}

async function talkFile(home: TestHome, { command, rest, dialect }: Talk, python: string): Promise<string> {
  const path = JSON.stringify([dirname(python), process.env["PATH"]].join(delimiter));
  const lines = [
    ...(dialect === "C"
      ? ["$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json"]
      : []),
    `command: ${command}`,
    dialect === "C" ? `code: ${samples}` : `code: {local_path: ${samples}}`,
    `environment: {interpreter: ${python}}`,
    `environment_variables: {PATH: ${path}, OF_THE_JOB: reaches every rank}`,
    rest,
  ];
  return home.file("talk.yml", `${lines.join("\n")}\n`);
}

/** What all of its processes said. */
async function run(home: TestHome, file: string): Promise<string> {
  const created = await home.run("job", "create", "-f", file, "--stream", "-n", "talk");
  assert.equal(created.code, 0, created.stdout.slice(-8000) + created.stderr.slice(-4000));
  return created.stdout;
}

function checkTalk(log: string, processes: number): void {
  const sum = (processes * (processes + 1)) / 2;
  for (let rank = 0; rank < processes; rank++)
    assert.match(log, new RegExp(`rank ${rank} of ${processes}: sum ${sum} over 2 nodes`));
}
