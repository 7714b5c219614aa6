// How the server commands say what is running.
import type { Context } from "../context.ts";
import type { CommonOptions } from "../define-command.ts";
import { printResult } from "./print-result.ts";

export interface ServerStatus {
  running: boolean;
  home: string;
  url?: string;
  pid?: number;
  version?: string;
  startedAt?: number;
  problem?: string;
  /** Sizes for people. */
  storage?: Record<string, string>;
}

/** For people by default; these commands are rarely read by programs. */
export function printStatus(status: ServerStatus, options: CommonOptions, context: Context): Promise<void> {
  const output = options.output ?? (options.query === undefined ? "yaml" : "json");
  const { running, url, pid, version, home, startedAt, problem, storage } = status;
  const document = {
    running,
    url,
    pid,
    version,
    home,
    started_at: startedAt === undefined ? undefined : new Date(startedAt).toISOString(),
    problem,
    storage,
  };
  return printResult(document, { ...options, output }, context);
}
