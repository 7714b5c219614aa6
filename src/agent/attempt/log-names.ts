// The names of the processes' logs, older and newer: tools of both times look for them.
import type { Distribution } from "../../core/job-spec.ts";

/** The one process's log; of several, everything they say, in the order of time. */
export const driverLog = "70_driver_log.txt";
export const mpirunLog = "70_mpi_log.txt";
export const driverLogArtifact = (file: string): string => `azureml-logs/${file}`;

/** `70_driver_log_3.txt` of rank_3, `70_driver_log_worker_0.txt` of worker_0. */
export const driverLogOf = (process: string, processCount: number): string =>
  processCount === 1 ? driverLog : `70_driver_log_${process.replace(/^rank_/, "")}.txt`;

export function countProcesses(distribution: Distribution | undefined, nodeCount: number): number {
  switch (distribution?.type) {
    case "pytorch":
      return distribution.processCount ?? nodeCount;
    case "tensorflow":
      return nodeCount + distribution.parameterServerCount;
    case "mpi":
      return nodeCount * distribution.processCountPerInstance;
    case undefined:
      return nodeCount;
  }
}

/** user_logs/std_log.txt, and std_log_process_03.txt for one of several; the servers count on after the workers. */
export function logAliasOf(
  file: string,
  distribution: Distribution | undefined,
  nodeCount: number,
): string | undefined {
  if (file === driverLog) return "user_logs/std_log.txt";
  const match = /^70_driver_log_(?:(worker|ps)_)?(\d+)\.txt$/.exec(file);
  if (!match) return undefined;
  const count = countProcesses(distribution, nodeCount);
  const index = Number(match[2]) + (match[1] === "ps" ? nodeCount : 0);
  return `user_logs/std_log_process_${String(index).padStart(String(count - 1).length, "0")}.txt`;
}
