// The package's door for scripts and notebooks: a typed client of the server that the command line would use.
import { systemClock } from "../lib/clock.ts";
import { readConfig } from "./config.ts";
import { connect } from "./connect/connect.ts";
import type { Connection } from "./connect/connect.ts";
import { createIo } from "./io.ts";

export { readText, ServerFault, Unreachable } from "../api/client.ts";
export type { CallOptions, Client } from "../api/client.ts";
export { asWireSpec } from "../api/job-spec.ts";
export type { Job } from "../api/jobs.ts";
export type { Run } from "../api/runs.ts";
export { Refused } from "../core/refused.ts";
export type { JobSpec } from "../core/job-spec.ts";
export type { Connection } from "./connect/connect.ts";

export interface ServerChoice {
  /** Default: TRAINYARD_URL, else the server of the home folder, which is started if it does not run. */
  url?: string;
  /** Default: TRAINYARD_TOKEN, else the home folder's own. */
  token?: string;
  /** Default: TRAINYARD_HOME, else ~/.trainyard. */
  home?: string;
}

/** `using` it, or its `close()`, lets the process end. */
export async function connectToServer({ url, token, home }: ServerChoice = {}): Promise<Connection> {
  const config = readConfig({
    ...process.env,
    ...(url !== undefined && { TRAINYARD_URL: url }),
    ...(token !== undefined && { TRAINYARD_TOKEN: token }),
    ...(home !== undefined && { TRAINYARD_HOME: home }),
  });
  const io = createIo(process.stdout, process.stderr, { quiet: true, verbose: false });
  return connect({ config, io, clock: systemClock, interrupted: () => new AbortController().signal });
}
