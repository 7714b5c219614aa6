// A program of ours in a process of its own, read line by line.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface ChildLines {
  readonly lines: AsyncIterator<string>;
  /** As a power cut for the process: nothing of it runs any more. */
  killHard(): Promise<void>;
}

export function startProgram(file: string, args: string[]): ChildLines {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  return {
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    async killHard() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
