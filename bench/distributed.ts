// What a 2 x 2 PyTorch job costs end to end, against torchrun by hand: the same script, the same Python, in turns.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { alternate, timed } from "./benchmark.ts";
import type { Benchmark } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import { runProgram } from "./processes.ts";

const torch = "torch==2.13.0";

const script = `import torch, torch.distributed as dist
torch.set_num_threads(1)
dist.init_process_group("gloo")
x = torch.ones(100_000)
for _ in range(200):
    dist.all_reduce(x)
    x /= dist.get_world_size()
print(dist.get_rank(), x.sum().item())
dist.destroy_process_group()
`;

export const distributed: Benchmark = {
  name: "distributed",
  about:
    "A PyTorch job of 2 nodes with 2 processes each that add up 100,000 numbers 200 times over gloo: `trainyard job create --stream` from the command to its end, against two `torchrun` by hand (one a node), in turns. The second line is the median of the rounds' own ratios, which a machine that is busy at one time and idle at another disturbs least",
  async run(rounds = 7) {
    const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-distributed-"));
    const python = await pythonWithTorch();
    await using house = openHouse();
    // torchrun sets the first for its processes; both shall run the same programs.
    const path = [dirname(python), process.env["PATH"]].join(delimiter);
    const env = { ...house.env, OMP_NUM_THREADS: "1", PATH: path };
    try {
      writeFileSync(join(folder, "train.py"), script);
      writeFileSync(join(folder, "job.yml"), jobFile(python));
      await house.run("server", "start");
      let port = 29_600;
      const byHand = () =>
        timed(() => {
          port++;
          return Promise.all(
            [0, 1].map((node) => runProgram(python, torchrun(node, port), { cwd: folder, env })),
          );
        });
      const ours = () => timed(() => house.run("job", "create", "-f", join(folder, "job.yml"), "--stream"));
      // The first of each reads torch from the disk.
      await alternate(1, ours, byHand);
      const samples = await alternate(rounds, ours, byHand);
      const seconds = (ms: number) => ms / 1000;
      return [
        {
          what: "2 x 2 processes, from the command to its end",
          unit: "s",
          ours: samples.ours.map(seconds),
          peer: { name: "torchrun by hand", samples: samples.peer.map(seconds) },
          target: { mostRatio: 1.15 },
        },
        {
          what: "the same, as the ratio of each round",
          unit: "times",
          ours: samples.ours.map((ms, round) => ms / samples.peer[round]!),
          target: { most: 1.15 },
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const torchrun = (node: number, port: number): string[] => [
  ..."-m torch.distributed.run --nnodes 2 --nproc-per-node 2 --master-addr 127.0.0.1".split(" "),
  ...`--node-rank ${node} --master-port ${port} train.py`.split(" "),
];

const jobFile = (python: string): string => `command: python train.py
code: {local_path: train.py}
environment: {interpreter: ${python}}
environment_variables: {OMP_NUM_THREADS: "1"}
compute: {target: local, instance_count: 2}
distribution: {type: pytorch, process_count: 4}
`;

/** Kept between runs. */
async function pythonWithTorch(): Promise<string> {
  const venv = join(tmpdir(), `trainyard-bench-${torch.replaceAll("=", "-")}`);
  const python = join(venv, "bin", "python");
  if (!existsSync(join(venv, "pyvenv.cfg"))) await runProgram("python3", ["-m", "venv", venv]);
  await runProgram(python, ["-m", "pip", "install", "--quiet", "numpy", torch]);
  return python;
}
