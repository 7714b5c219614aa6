// Where everything of one attempt lies on its node. The folder is the truth: an agent that starts anew goes on from it.
//
//   order.json        the work order; with it the agent has taken the attempt
//   prepared.json     what to run: staging is done
//   launched.json     written (and synced) before the first process, with the kernel's clock of that moment
//   stopping.json     why and when the processes were told to end
//   trees.json        shared trees of the node's cache that it uses
//   environment-lock.txt   what the environment turned out to be, to be kept with the run
//   end.json          how it ended; what is left is delivering
//   log-bases.json    how long the artifacts were when a later attempt of the run began to append to them
//   work/             the processes' current folder: the code, with outputs/ and logs/
//   run/records, run/files   what the processes log and upload
//   logs/             the files of azureml-logs/
//   processes/<name>/ started, exit.json (both by the wrapper), wrapper.log
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export interface AttemptFolder {
  root: string;
  order: string;
  prepared: string;
  launched: string;
  stopping: string;
  end: string;
  environmentLock: string;
  work: string;
  run: string;
  records: string;
  files: string;
  logs: string;
  inputs: string;
  namedOutputs: string;
  processes: string;
}

export const attemptFolder = (root: string): AttemptFolder => ({
  root,
  order: join(root, "order.json"),
  prepared: join(root, "prepared.json"),
  launched: join(root, "launched.json"),
  stopping: join(root, "stopping.json"),
  end: join(root, "end.json"),
  environmentLock: join(root, "environment-lock.txt"),
  work: join(root, "work"),
  run: join(root, "run"),
  records: join(root, "run", "records"),
  files: join(root, "run", "files"),
  logs: join(root, "logs"),
  inputs: join(root, "inputs"),
  namedOutputs: join(root, "named-outputs"),
  processes: join(root, "processes"),
});

/** May be called again on a folder that exists already. */
export async function createAttemptFolder(folder: AttemptFolder): Promise<void> {
  await mkdir(folder.root, { recursive: true, mode: 0o700 });
  await mkdir(folder.run, { recursive: true });
  for (const path of [folder.work, folder.records, folder.files, folder.logs, folder.processes]) {
    await mkdir(path, { recursive: true });
  }
}

/** An attempt's id becomes a folder's name; anything else comes from no server of ours. */
export const isFolderName = (attempt: string): boolean =>
  /^[\w-][\w.-]*$/.test(attempt) && attempt.length <= 200;
