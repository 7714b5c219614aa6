// The small scripts between mpirun and the user's command: they bring each rank to its node, its folder and its log.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AttemptFolder } from "../attempt/attempt-folder.ts";
import { wrapperScript } from "../processes/wrapper.ts";
import { driverLogOf } from "../attempt/log-names.ts";
import { mpirunArguments } from "./mpi.ts";

export interface MpiJob {
  program: string;
  processesPerNode: number;
  processCount: number;
  nodes: { cwd: string; command: string; variables: Record<string, string> }[];
}

/**
 * Where mpirun keeps its session, as TMPDIR; each node's daemon has another. In a folder that they share they make and
 * remove the same things at the same moment, and one that is killed leaves its own there for ever.
 */
export const mpirunSession = (folder: AttemptFolder): string => join(folder.mpi, "session");

/** Returns the command line of mpirun. */
export async function writeMpiScripts(folder: AttemptFolder, job: MpiJob): Promise<string> {
  await mkdir(mpirunSession(folder), { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) => writeFile(join(folder.mpi, name), text, { mode: 0o700 });
  // Instead of ssh: the nodes are on this machine.
  await write(
    "reach",
    `#!/bin/sh
TRAINYARD_NODE_INDEX=\${1##*-}
TMPDIR=${quote(folder.mpi)}/session-$TRAINYARD_NODE_INDEX
export TRAINYARD_NODE_INDEX TMPDIR
mkdir -p "$TMPDIR"
shift
exec /bin/sh -c "$*"
`,
  );
  await write("enter", `exec /bin/sh ${quote(folder.mpi)}/node-"\${TRAINYARD_NODE_INDEX:-0}"\n`);
  await write("rank", rankScript(folder, job.processCount));
  for (const [index, { cwd, command, variables }] of job.nodes.entries()) {
    const assigned = Object.entries(variables).map(([name, value]) => quote(`${name}=${value}`));
    await write(
      `node-${index}`,
      `cd ${quote(cwd)} || exit 1\nunset TMPDIR\nexec env ${assigned.join(" ")} /bin/sh ${quote(join(folder.mpi, "rank"))} ${quote(command)}\n`,
    );
  }
  const words = mpirunArguments({
    program: job.program,
    nodeCount: job.nodes.length,
    processesPerNode: job.processesPerNode,
    reach: join(folder.mpi, "reach"),
    enter: join(folder.mpi, "enter"),
    isLoopback: process.platform === "linux",
  });
  return words.map(quote).join(" ");
}

/** $1 is the user's command line; the same wrapper stands above it as above a process that the agent starts. */
const rankScript = (folder: AttemptFolder, processCount: number): string => `rank=$OMPI_COMM_WORLD_RANK
AZUREML_PROCESS_NAME=rank_$rank
AZ_BATCHAI_TASK_INDEX=$rank
export AZUREML_PROCESS_NAME AZ_BATCHAI_TASK_INDEX
process=${quote(folder.processes)}/rank_$rank
log=${quote(folder.logs)}/${driverLogOf("rank_N", processCount).replace("N", "$rank")}
exec /bin/sh -c ${quote(wrapperScript)} trainyard "$process" bash -c "$1" >>"$log" 2>/dev/null
`;

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
