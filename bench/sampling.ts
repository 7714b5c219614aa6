// What sampling a job's use of the machine costs agent and server.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/lib/clock.ts";
import type { Benchmark } from "./benchmark.ts";
import { openHouse } from "./house.ts";
import { processorTimeOf } from "./processes.ts";

const windowSeconds = 20;
/** Far more often than ever in use, so that the cost stands out of what the two do anyway. */
const everySeconds = 0.1;
const defaultSeconds = 5;

const job = `command: sleep 600
environment: {interpreter: python3}
compute: {target: local, instance_count: 2}
distribution: {type: pytorch, process_count: 4}
`;

export const sampling: Benchmark = {
  name: "sampling",
  about: `A job of 2 nodes with 2 processes each that sleep, for ${windowSeconds} seconds: processor time of agent and server together with a sample every ${everySeconds} s, less the same without samples; divided by the number of samples, and as a share of one core with one every ${defaultSeconds} s, as is the default`,
  async run(rounds = 3) {
    const costs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const without = await processorSeconds(0);
      const withSamples = await processorSeconds(everySeconds);
      costs.push(Math.max(0, withSamples - without) / (windowSeconds / everySeconds));
    }
    return [
      { what: "one sample", unit: "ms", ours: costs.map((seconds) => seconds * 1000) },
      {
        what: `of one core, with a sample every ${defaultSeconds} s`,
        unit: "%",
        ours: costs.map((seconds) => (seconds / defaultSeconds) * 100),
        target: { most: 1 },
      },
    ];
  },
};

async function processorSeconds(sampleSeconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-sampling-"));
  await using house = openHouse({ TRAINYARD_SAMPLE_SECONDS: String(sampleSeconds) });
  try {
    const file = join(folder, "job.yml");
    writeFileSync(file, job);
    const run = (await house.run("job", "create", "-f", file, "--query", "name", "-o", "tsv")).trim();
    const client = house.client();
    while ((await client.getJob({ params: { run } })).state !== "Running") await systemClock.sleep(100);
    await systemClock.sleep(2000);
    const now = () => processorTimeOf(house.serverPid()) + processorTimeOf(house.agentPid());
    const before = now();
    await systemClock.sleep(windowSeconds * 1000);
    const used = now() - before;
    await house.run("job", "cancel", "-n", run);
    await house.waitFor(run);
    return used;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
