// What a 2 x 2 PyTorch job costs end to end, against torchrun by hand: the same script, the same Python, in turns.
//   node bench/distributed.ts --python <a Python with torch> [--rounds 3]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { python: { type: "string" }, rounds: { type: "string", default: "3" } },
});
if (values.python === undefined) throw new Error("--python is missing: a Python that has torch");
const python = values.python;
const path = [dirname(python), process.env["PATH"]].join(delimiter);
const folder = await mkdtemp(join(tmpdir(), "trainyard-bench-"));
const launcher = new URL("../bin/trainyard", import.meta.url).pathname;
const environment = { ...process.env, PATH: path, TRAINYARD_HOME: join(folder, "home"), TRAINYARD_PORT: "0" };

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

async function run(program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => (said += part.toString()));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said}`);
}

const torchrun = (node: number, port: number) =>
  run(python, [
    ..."-m torch.distributed.run --nnodes 2 --nproc-per-node 2 --master-addr 127.0.0.1".split(" "),
    "--node-rank",
    String(node),
    "--master-port",
    String(port),
    "train.py",
  ]);

const ways = {
  "torchrun by hand": async (round: number) => {
    await Promise.all([torchrun(0, 29_600 + round), torchrun(1, 29_600 + round)]);
  },
  trainyard: () => run(launcher, ["job", "create", "-f", "job.yml", "--stream"]),
};

try {
  await writeFile(join(folder, "train.py"), script);
  await writeFile(
    join(folder, "job.yml"),
    `command: python train.py
code: {local_path: train.py}
environment: {interpreter: ${python}}
environment_variables: {PATH: ${JSON.stringify(path)}}
compute: {target: local, instance_count: 2}
distribution: {type: pytorch, process_count: 4}
`,
  );
  await run(launcher, ["server", "start"]);
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  // The first round warms the disk's cache for both.
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [name, way] of Object.entries(ways)) {
      const begun = performance.now();
      await way(round);
      const seconds = (performance.now() - begun) / 1000;
      if (round > 0) times.get(name)!.push(seconds);
      process.stdout.write(
        `${round === 0 ? "warm-up" : `round ${round}`}  ${name}: ${seconds.toFixed(2)} s\n`,
      );
    }
  }
  const best = (name: string) => Math.min(...times.get(name)!);
  const [peer, own] = [best("torchrun by hand"), best("trainyard")];
  process.stdout.write(
    `best of ${values.rounds}: torchrun ${peer.toFixed(2)} s, trainyard ${own.toFixed(2)} s, ${(own / peer).toFixed(2)} times\n`,
  );
} finally {
  await run(launcher, ["server", "stop"]).catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
