// The machine in words, so that figures can be compared without naming anybody's machine.
import { availableParallelism, totalmem, type } from "node:os";
import { runProgram } from "./processes.ts";

export async function describeMachine(): Promise<string> {
  const gigabytes = Math.round(totalmem() / 1e9);
  const python = (await runProgram("python3", ["--version"])).trim();
  return `A ${type()} machine with ${availableParallelism()} cores and ${gigabytes} GB of memory; Node ${process.version.slice(1)}, ${python}.`;
}
