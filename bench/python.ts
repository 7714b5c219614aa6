// What the Python client costs a program: importing it, and a million values logged by one job.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText } from "../src/api/client.ts";
import type { Client } from "../src/api/client.ts";
import { alternate } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse, root } from "./house.ts";
import { officialPython } from "./mlflow-servers.ts";
import { runProgram } from "./processes.ts";

const calls = 1_000_000;
// Not ru_maxrss: it begins with what the process that started this one had.
const program = `import re, time
from azureml.core import Run

def most_kilobytes():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\\s*(\\d+)", status.read()).group(1))

run = Run.get_context()
run.log("first", 0)
before = most_kilobytes()
began = time.perf_counter()
for step in range(${calls}):
    run.log("loss", step)
took = time.perf_counter() - began
print("took", took, "more", (most_kilobytes() - before) / 1024, flush=True)
`;

export const python: Benchmark = {
  name: "python",
  about:
    "What a training script imports of the client in a fresh process of Python, against `import mlflow` of the official package, both timed inside it and with their compiled files in place. Then a job that calls `run.log` a million times: seconds of the calls, and how much more memory its process had at most; all points are then looked for on the server, once each and in order",
  async run(rounds = 7) {
    return [await measureImport(rounds), ...(await measureCalls())];
  },
};

/** Names that are imported from the package are loaded when they are asked for. */
const usualImport = `from azureml.core import ${[
  "Dataset",
  "Environment",
  "Experiment",
  "Model",
  "Run",
  "ScriptRunConfig",
  "Workspace",
].join(", ")}; from azureml.core.compute import AmlCompute, ComputeTarget`;

async function measureImport(rounds: number): Promise<Comparison> {
  const interpreter = await officialPython();
  const timeOf = async (statement: string) => {
    const script = `import time; began = time.perf_counter(); ${statement}; print((time.perf_counter() - began) * 1000)`;
    const env: NodeJS.ProcessEnv = { ...process.env, PYTHONPATH: join(root, "python", "src") };
    // It would leave nothing compiled.
    delete env["PYTHONDONTWRITEBYTECODE"];
    return Number(await runProgram(interpreter, ["-c", script], { env }));
  };
  await timeOf(usualImport);
  await timeOf("import mlflow");
  const samples = await alternate(
    rounds,
    () => timeOf(usualImport),
    () => timeOf("import mlflow"),
  );
  return {
    what: "importing nine names of the client",
    unit: "ms",
    ours: samples.ours,
    peer: { name: "import mlflow", samples: samples.peer },
    target: { most: 60 },
  };
}

async function measureCalls(): Promise<Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-python-"));
  await using house = openHouse();
  try {
    writeFileSync(join(folder, "log.py"), program);
    const job =
      "command: python3 log.py\ncode: .\nname: million\nenvironment: {interpreter: python3}\ncompute: local\n";
    writeFileSync(join(folder, "job.yml"), job);
    await house.run("job", "create", "--file", join(folder, "job.yml"), "--stream");
    const client = house.client();
    const [took, more] = await figuresIn(client);
    await checkPoints(client);
    return [
      {
        what: "a million run.log calls",
        unit: "s",
        ours: [took],
        target: { most: 20 },
      },
      {
        what: "memory that they take",
        unit: "MB",
        ours: [more],
        target: { most: 200 },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function figuresIn(client: Client): Promise<[number, number]> {
  const query = { path: "user_logs/std_log.txt" };
  const text = await readText(await client.readArtifact({ params: { run: "million" }, query }));
  const [, took, more] = /took ([\d.e-]+) more ([\d.e-]+)/.exec(text) ?? [];
  return [Number(took), Number(more)];
}

async function checkPoints(client: Client): Promise<void> {
  let expected = 0;
  for (let after = -1; ;) {
    const query = { name: "loss", after, limit: 100_000 };
    const page = await client.getMetric({ params: { run: "million" }, query });
    for (const value of page.values) {
      if (value !== expected) throw new Error(`point ${expected} of the series is ${String(value)}`);
      expected++;
    }
    if (page.next === null) break;
    after = page.next;
  }
  if (expected !== calls) throw new Error(`the server has ${expected} points of ${calls}`);
}
