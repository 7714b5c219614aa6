// Threads that take files of this machine in, so that gigabytes of reading, hashing and writing hold nobody else up.
// They are started when there is something to do, and go when there has been nothing for a while.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { LocalFile } from "../blobs.ts";
import type { FileThreadData, FromThread, TakenFiles, ToThread } from "./file-thread.ts";
import { smallBytes } from "./write-many.ts";

export interface FileThreads {
  /** `isWanted` is asked for each hash that was found; what is not wanted is not written. */
  take(files: readonly LocalFile[], isWanted: (hash: string) => boolean): Promise<TakenFiles>;
}

/** While one waits for the disk to sync, the other reads and hashes. */
const mostThreads = 2;
const idleMs = 10_000;

interface Task {
  files: readonly LocalFile[];
  isWanted: (hash: string) => boolean;
  resolve: (taken: TakenFiles) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  give(task: Task): void;
}

export function createFileThreads(tempFolder: string): FileThreads {
  const idle: Thread[] = [];
  const waiting: Task[] = [];
  let count = 0;

  function startThread(): Thread {
    const program = new URL(`file-thread${extname(import.meta.filename)}`, import.meta.url);
    const worker = new Worker(program, { workerData: { tempFolder, smallBytes } satisfies FileThreadData });
    const say = (message: ToThread) => worker.postMessage(message, []);
    let task: Task | undefined;
    let retiring: NodeJS.Timeout | undefined;
    count += 1;

    const thread: Thread = {
      give(next) {
        clearTimeout(retiring);
        task = next;
        // Only while it works it keeps the process from ending.
        worker.ref();
        say({ kind: "take", files: next.files });
      },
    };
    const finish = () => {
      const next = waiting.shift();
      if (next) return thread.give(next);
      task = undefined;
      worker.unref();
      idle.push(thread);
      retiring = setTimeout(() => {
        leave();
        void worker.terminate();
      }, idleMs).unref();
    };
    /** Nothing is given to it any more. */
    const leave = () => {
      if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    };
    const die = (error: Error) => {
      leave();
      task?.reject(error);
      task = undefined;
    };
    worker.on("message", (message: FromThread) => {
      if (message.kind === "found") {
        return say({ kind: "wanted", wanted: message.hashes.map(task!.isWanted) });
      }
      if (message.kind === "taken") task!.resolve(message.taken);
      else task!.reject(withCode(message));
      finish();
    });
    worker.on("error", die);
    worker.on("exit", () => {
      count -= 1;
      die(new Error("the thread that reads files ended"));
      const next = waiting.shift();
      if (next) startThread().give(next);
    });
    return thread;
  }

  return {
    take: (files, isWanted) =>
      new Promise((resolve, reject) => {
        const task = { files, isWanted, resolve, reject };
        const thread = idle.pop() ?? (count < mostThreads ? startThread() : undefined);
        if (thread) thread.give(task);
        else waiting.push(task);
      }),
  };
}

const withCode = ({ error, code }: { error: unknown; code: unknown }): unknown =>
  error instanceof Error && code !== undefined ? Object.assign(error, { code }) : error;
