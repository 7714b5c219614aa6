// Stops the server of a home folder in good order and waits until its process is gone.
import type { Clock } from "../../lib/clock.ts";
import { connect } from "./connect.ts";
import type { Context } from "../context.ts";
import { findServer, isAlive } from "./find-server.ts";

export type Stopped = { was: "absent" } | { was: "running"; pid: number; runningJobs: number | undefined };

const patienceMs = 10_000;

export async function stopServer(context: Context): Promise<Stopped> {
  const found = await findServer(context.config.home.value);
  if (found.state === "absent" || found.state === "crashed") return { was: "absent" };
  const { pid } = found.server;
  let runningJobs: number | undefined;
  if (found.state === "running") {
    using connection = await connect(context);
    runningJobs = (await connection.client.shutdown({})).runningJobs;
  } else if (isAlive(pid)) {
    process.kill(pid, "SIGTERM");
  }
  if (!(await isGone(pid, context.clock)) && isAlive(pid)) {
    process.kill(pid, "SIGKILL");
    await isGone(pid, context.clock);
  }
  return { was: "running", pid, runningJobs };
}

async function isGone(pid: number, clock: Clock): Promise<boolean> {
  const deadline = clock.elapsed() + patienceMs;
  while (isAlive(pid)) {
    if (clock.elapsed() > deadline) return false;
    await clock.sleep(10);
  }
  return true;
}
