// The machine in words, so that figures can be compared without naming anybody's machine.
import { availableParallelism, loadavg, totalmem, type } from "node:os";
import { runProgram } from "./processes.ts";

export async function describeMachine(): Promise<string> {
  const gigabytes = Math.round(totalmem() / 1e9);
  const cores = availableParallelism();
  const [load = 0] = loadavg();
  const busy = load > cores ? ` It was busy with other work (load ${load.toFixed(0)} at the start).` : "";
  const python = (await runProgram("python3", ["--version"])).trim();
  return `A ${type()} machine with ${cores} cores and ${gigabytes} GB of memory; Node ${process.version.slice(1)}, ${python}.${busy}`;
}
