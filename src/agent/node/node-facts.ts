// What kind of machine this node is, for the log and for a job's variables.
import { readdirSync } from "node:fs";
import { availableParallelism, hostname, release, totalmem } from "node:os";

export interface NodeFacts {
  host: string;
  system: string;
  cores: number;
  memoryBytes: number;
  gpuCount: number;
}

let facts: NodeFacts | undefined;

/** Read once: a machine does not change while an agent lives. */
export const readNodeFacts = (): NodeFacts =>
  (facts ??= {
    host: hostname(),
    system: `${process.platform} ${release()} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    gpuCount: countGpus(),
  });

export const describeNode = (facts: NodeFacts): string =>
  `host ${facts.host}, ${facts.system}, ${facts.cores} cores, ${(facts.memoryBytes / 2 ** 30).toFixed(1)} GiB memory, ${facts.gpuCount} GPUs`;

function countGpus(): number {
  try {
    return readdirSync("/dev").filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}
