// Where everything of one attempt lies on its node. The folder is the truth: an agent that starts anew goes on from it.
//
//   order.json        the work order; with it the agent has taken the attempt
//   placement.json    where its nodes are
//   launched.json     what to run and the kernel's clock, written (and synced) before the first process
//   stopping.json     why and when the processes were told to end
//   trees.json        shared trees of the node's cache that it uses
//   environments.json the built environment that it uses
//   end.json          how it ended; what is left is delivering
//   log-bases.json    how long the artifacts were when a later attempt of the run began to append to them
//   work/             the processes' current folder: the code, with outputs/ and logs/
//   run/<process>     the wrapper's pid, the shell's own words, and how it ended
//   run/records, run/files   what the processes log and upload; whoever uploads makes the second
//   logs/             the files of azureml-logs/
//   nodes/<index>/    work/, run/, named-outputs/ of each node, when there are several
//   home/             HOME inside a container
//   mpi/              scripts between mpirun and the ranks
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** What each node of an attempt has for itself. */
export interface NodeFolder {
  work: string;
  run: string;
  records: string;
  files: string;
  namedOutputs: string;
}

export interface AttemptFolder extends NodeFolder {
  root: string;
  order: string;
  placement: string;
  launched: string;
  stopping: string;
  end: string;
  logs: string;
  inputs: string;
  home: string;
  mpi: string;
  processes: string;
}

const nodeFolder = (root: string): NodeFolder => ({
  work: join(root, "work"),
  run: join(root, "run"),
  records: join(root, "run", "records"),
  files: join(root, "run", "files"),
  namedOutputs: join(root, "named-outputs"),
});

/** In order of rank. An only node's folders are the attempt's own. */
export const nodeFolders = (folder: AttemptFolder, count: number): NodeFolder[] =>
  count === 1
    ? [folder]
    : Array.from({ length: count }, (_, index) => nodeFolder(join(folder.root, "nodes", String(index))));

export const attemptFolder = (root: string): AttemptFolder => ({
  root,
  order: join(root, "order.json"),
  placement: join(root, "placement.json"),
  launched: join(root, "launched.json"),
  stopping: join(root, "stopping.json"),
  end: join(root, "end.json"),
  ...nodeFolder(root),
  logs: join(root, "logs"),
  inputs: join(root, "inputs"),
  home: join(root, "home"),
  mpi: join(root, "mpi"),
  processes: join(root, "run"),
});

/** May be called again on a folder that exists already. */
export function createAttemptFolder(folder: AttemptFolder, nodeCount: number): void {
  mkdirSync(folder.root, { recursive: true, mode: 0o700 });
  const ofNodes = nodeFolders(folder, nodeCount).map((node) => node.records);
  for (const path of [folder.processes, ...ofNodes, folder.logs]) mkdirSync(path, { recursive: true });
}

/** An attempt's id becomes a folder's name; anything else comes from no server of ours. */
export const isFolderName = (attempt: string): boolean =>
  /^[\w-][\w.-]*$/.test(attempt) && attempt.length <= 200;
