// Whether a process lives, and is the one we mean: pids are used again.
import { readFile } from "node:fs/promises";

/** The kernel's start time of a process in clock ticks; 0 where the system does not tell; undefined when gone. */
export async function processStart(pid: number): Promise<number | undefined> {
  // Zero and below mean groups of processes, not one.
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // Fields after the command, which stands in parentheses and may hold anything: state is the first.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : Number(fields[19]);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && process.platform === "linux" ? undefined : 0;
  }
}

export async function isSameProcess(pid: number, start: number): Promise<boolean> {
  const found = await processStart(pid);
  return found !== undefined && (start === 0 || found === 0 || found === start);
}
