// Which of a job's files a stream shows, and in which order: one file a slot, the primary process's only.

export interface LogFile {
  path: string;
  /** 20 image build, 55 node, 65 preparation, 70 the user's output, 75 clean-up. */
  slot: number;
  /** The lowest of a slot's files is the one to show. */
  rank: number;
}

const driverSlot = 70;

/** Undefined for files that are not streamed, such as the log of rank 3. */
export function logFileOf(path: string): LogFile | undefined {
  if (path === "azureml-logs/hyperdrive.txt") return { path, slot: driverSlot, rank: 3 };
  const numbered = /^azureml-logs\/(\d\d)_(.+)\.txt$/.exec(path);
  if (numbered) {
    const slot = Number(numbered[1]);
    const rank = slot === driverSlot ? driverRank(numbered[2] ?? "", "driver_log") : 0;
    return rank === undefined ? undefined : { path, slot, rank };
  }
  const standard = /^user_logs\/(.+)\.txt$/.exec(path);
  const rank = standard ? driverRank(standard[1] ?? "", "std_log") : undefined;
  // The same bytes under the newer name: only for servers that keep no older name.
  return rank === undefined ? undefined : { path, slot: driverSlot, rank: rank + 0.5 };
}

function driverRank(name: string, stem: string): number | undefined {
  if (name === stem) return 0;
  if (!name.startsWith(stem)) return undefined;
  return /^_(rank_|worker_|process_)?0+$/.test(name.slice(stem.length)) ? 1 : undefined;
}
