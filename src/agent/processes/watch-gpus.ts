// What the machine's graphics cards do, by nvidia-smi. One of it runs as long as it is watched and prints again and
// again: each start of it takes the driver more than a hundred samples.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { megabyte, percent } from "./system-sample.ts";
import type { Sample } from "./system-sample.ts";

export interface GpuWatch {
  /** What was said since it was asked last; of these cards, or of all. */
  take(gpus: readonly number[] | undefined): Sample;
  stop(): void;
}

const query = "index,utilization.gpu,memory.used,memory.total,power.draw";

/** Says nothing where there is no nvidia-smi, or where it finds no driver. */
export function watchGpus(environment: NodeJS.ProcessEnv, everyMs: number): GpuWatch {
  const said = new Map<number, Sample>();
  const loop = ["--format=csv,noheader,nounits", `--loop-ms=${Math.max(100, Math.round(everyMs))}`];
  // With the agent's end its pipe is closed, and it ends at the next line.
  const child = spawn("nvidia-smi", [`--query-gpu=${query}`, ...loop], {
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.on("error", () => {});
  child.unref();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [index = NaN, busy = NaN, used = NaN, total = NaN, watts = NaN] = line.split(",").map(Number);
    if (line.trim() === "" || !Number.isInteger(index)) return;
    const values = {
      utilization_percentage: busy,
      memory_usage_megabytes: (used * 2 ** 20) / megabyte,
      memory_usage_percentage: percent(used, total),
      power_usage_watts: watts,
    };
    // A card that cannot tell says "[N/A]".
    const known = Object.entries(values).filter(([, value]) => Number.isFinite(value));
    said.set(index, Object.fromEntries(known.map(([name, value]) => [`gpu_${index}_${name}`, value])));
  });
  return {
    take(gpus) {
      const wanted = [...said].filter(([index]) => gpus === undefined || gpus.includes(index));
      said.clear();
      return Object.assign({}, ...wanted.map(([, sample]) => sample)) as Sample;
    },
    stop() {
      // One that could not be started has no pid, and Node would send the signal to whatever number lies there instead.
      if (child.pid !== undefined) child.kill();
    },
  };
}
