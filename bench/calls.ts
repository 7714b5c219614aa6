// What one run.log call costs the training program. The measuring itself is done in Python.
import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { root } from "./house.ts";
import { runProgram } from "./processes.ts";

const rounds = 3;

export const calls: Benchmark = {
  name: "calls",
  about:
    "`run.log(name, value)` called a million times inside a job, against writing and flushing the same line by hand (python/bench/log_calls.py, in turns within one process)",
  async run() {
    const ours: number[] = [];
    const peer: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const text = await runProgram("python3", [join(root, "python", "bench", "log_calls.py")]);
      ours.push(nanoseconds(text, "run.log"));
      peer.push(nanoseconds(text, "write + flush"));
    }
    return [{ what: "one call", unit: "ns", ours, peer: { name: "write + flush", samples: peer } }];
  },
};

function nanoseconds(text: string, label: string): number {
  const line = text.split("\n").find((candidate) => candidate.startsWith(label));
  const value = Number(/(\d+) ns a call/.exec(line ?? "")?.[1]);
  if (Number.isFinite(value)) return value;
  throw new Error(`log_calls.py printed no figure for ${label}:\n${text}`);
}
