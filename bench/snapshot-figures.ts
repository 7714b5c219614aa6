// The figures of bench/snapshot.ts, which measures in a process of its own.
import { join } from "node:path";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { root } from "./house.ts";
import { runProgram } from "./processes.ts";

export const snapshot: Benchmark = {
  name: "snapshot",
  about:
    "10,000 files of 20 kB hashed, sent over HTTP and durable on the server, then once more after one file has changed (median of five); against `git add -A && git commit` and `restic backup` of the same tree",
  async run() {
    const text = await runProgram(process.execPath, [join(root, "bench", "snapshot.ts")]);
    const ours = figuresOf(text, "takeSnapshot + uploadSnapshot");
    const git = figuresOf(text, "git add -A && git commit");
    const restic = figuresOf(text, "restic backup");
    if (!ours || !git) throw new Error(`bench/snapshot.ts printed no figures:\n${text}`);
    const compare = (kind: keyof Figures, name: string, peer: Figures, mostRatio?: number): Comparison => ({
      what: kind === "first" ? "first snapshot" : "snapshot after one change",
      unit: "ms",
      ours: [ours[kind]],
      peer: { name, samples: [peer[kind]] },
      ...(mostRatio !== undefined && { target: { mostRatio } }),
    });
    return [
      compare("first", "git", git, 0.6),
      compare("again", "git", git, 3),
      ...(restic ? [compare("first", "restic", restic), compare("again", "restic", restic, 0.2)] : []),
    ];
  },
};

interface Figures {
  first: number;
  again: number;
}

function figuresOf(text: string, label: string): Figures | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(label));
  const match = /first\s+(\d+) ms, after one change\s+(\d+) ms/.exec(line ?? "");
  return match ? { first: Number(match[1]), again: Number(match[2]) } : undefined;
}
