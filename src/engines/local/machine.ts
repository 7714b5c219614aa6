// What this machine has: cores, memory, and the graphics cards that nvidia-smi tells of.
import { execFile } from "node:child_process";
import { availableParallelism, totalmem } from "node:os";
import type { Machine } from "../../core/machine.ts";

export async function findMachine(environment: NodeJS.ProcessEnv): Promise<Machine> {
  return { cores: availableParallelism(), memoryBytes: totalmem(), gpus: await listGpus(environment) };
}

const patienceMs = 10_000;

/** None where there is no nvidia-smi, or where it finds no driver. */
function listGpus(environment: NodeJS.ProcessEnv): Promise<number[]> {
  const query = ["--query-gpu=index", "--format=csv,noheader"];
  return new Promise((resolve) => {
    execFile("nvidia-smi", query, { env: environment, timeout: patienceMs }, (error, stdout) => {
      const lines = error ? [] : stdout.split("\n").map((line) => line.trim());
      resolve(lines.filter((line) => /^\d+$/.test(line)).map(Number));
    });
  });
}
