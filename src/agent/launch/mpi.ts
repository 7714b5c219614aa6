// MPI: one mpirun on the head node starts every rank; the ranks learn who they are from it (OMPI_COMM_WORLD_RANK, …).
import type { Distribution } from "../../core/job-spec.ts";
import type { LaunchFacts, RankPlan } from "./ranks.ts";

type Mpi = Extract<Distribution, { type: "mpi" }>;

export function planMpi({ processCountPerInstance }: Mpi, { nodes }: LaunchFacts): RankPlan {
  const ranks = nodes.flatMap((_, node) =>
    Array.from({ length: processCountPerInstance }, (_, local) => {
      const rank = node * processCountPerInstance + local;
      return { name: `rank_${rank}`, node, variables: { AZ_BATCHAI_TASK_INDEX: String(rank) } };
    }),
  );
  return { ranks, mpirun: { processesPerNode: processCountPerInstance } };
}

export interface MpirunFacts {
  /** Of the system's mpirun. */
  program: string;
  nodeCount: number;
  processesPerNode: number;
  /** A program that stands in for ssh: it is given a host and a command. */
  reach: string;
  /** What each rank runs. */
  enter: string;
  isLoopback: boolean;
}

/** The name under which mpirun knows a node; `reach` finds the node's index in it. */
export const mpiHost = (node: number): string => `trainyard-node-${node}`;

const mca = (name: string, value: string): string[] => ["--mca", name, value];

/** Logical nodes share a kernel but not their memory segments: between them only TCP is safe. */
export function mpirunArguments(facts: MpirunFacts): string[] {
  const hosts = Array.from(
    { length: facts.nodeCount },
    (_, node) => `${mpiHost(node)}:${facts.processesPerNode}`,
  );
  return [
    facts.program,
    "--allow-run-as-root",
    "--oversubscribe",
    "--bind-to",
    "none",
    ...mca("plm", "rsh"),
    ...mca("plm_rsh_agent", facts.reach),
    ...mca("btl", "tcp,self"),
    ...(facts.isLoopback ? [...mca("btl_tcp_if_include", "lo"), ...mca("oob_tcp_if_include", "lo")] : []),
    "--host",
    hosts.join(","),
    "-np",
    String(facts.nodeCount * facts.processesPerNode),
    "/bin/sh",
    facts.enter,
  ];
}

export interface Blame {
  /** A rank, or `orted`, the daemon that mpirun has on each node. */
  name: string;
  /** Index of a daemon's node. */
  node?: number;
  told: string;
}

/** Whom Open MPI's mpirun names, in its last words, as the one that ended the job. */
export function whomMpirunBlames(lines: readonly string[]): Blame | undefined {
  const text = lines.join("\n");
  const killed = /process rank (\d+) with PID \d+ on node \S+ exited on\s+signal (\d+ \([^)]*\))/.exec(text);
  if (killed) return { name: `rank_${killed[1]}`, told: `mpirun saw it end by signal ${killed[2]}` };
  const lost = new RegExp(`Remote daemon:.* on node ${mpiHost(0).replace(/0$/, "")}(\\d+)`).exec(text);
  if (lost) return { name: "orted", node: Number(lost[1]), told: "mpirun lost its daemon there" };
  return undefined;
}
