// Follows a job to its end by the server's events: its phases, its notes and its logs. Nothing is polled.
import type { EventBody } from "../../core/event.ts";
import { isFinal } from "../../core/job.ts";
import type { Job } from "../../api/jobs.ts";
import { isOutage } from "../connect/link.ts";
import type { Link } from "../connect/link.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Io } from "../io.ts";
import { createLogFollower } from "./follow-logs.ts";
import type { LogFollower } from "./follow-logs.ts";
import { createPhaseLines } from "./phase-lines.ts";
import type { PhaseLines } from "./phase-lines.ts";
import { readEvents } from "./sse.ts";
import type { WatchedEvent } from "./sse.ts";

export interface FollowJobOptions {
  job: Job;
  link: Link;
  io: Io;
  clock: Clock;
  /** Ends the following, never the job. */
  signal: AbortSignal;
  write: (bytes: Uint8Array) => Promise<void>;
}

/** The job as it is when nothing more comes of it, or when the signal aborted. */
export async function followJob(options: FollowJobOptions): Promise<Job> {
  const { job, link, io, clock, signal, write } = options;
  const run = job.name;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const logs = createLogFollower({
    run,
    link,
    clock,
    signal: until,
    write,
    isReplay: isFinal(job.state),
  });
  const phases = createPhaseLines(io, clock, job.createdAt);
  const animation = phases.animate(until);
  try {
    if (isFinal(job.state)) {
      await announceAll(options, logs);
      await logs.run();
      return job;
    }
    const watching = watchEvents(options, until, { logs, phases });
    await Promise.all([watching, logs.run()]);
    if (signal.aborted) return job;
    return await link.use((client) => client.getJob({ params: { run } }));
  } catch (error) {
    // Calls that were under way fail when the person leaves; that is no news.
    if (signal.aborted) return job;
    throw error;
  } finally {
    stop.abort();
    await animation;
    io.status(undefined);
  }
}

interface Listeners {
  logs: LogFollower;
  phases: PhaseLines;
}

/** Returns when the job has ended. A cut connection is taken up after the last event seen. */
async function watchEvents(
  options: FollowJobOptions,
  signal: AbortSignal,
  listeners: Listeners,
): Promise<void> {
  const { job, link, clock } = options;
  let after = 0;
  try {
    while (!signal.aborted) {
      try {
        const body = await link.use(
          (client, call) => client.watchEvents({ query: { run: job.name, after } }, call),
          signal,
        );
        for await (const event of readEvents(body)) {
          after = event.seq;
          if (await hear(event, options, listeners)) return;
        }
      } catch (error) {
        if (!signal.aborted && !isOutage(error)) throw error;
      }
      await clock.sleep(20, signal);
    }
  } finally {
    listeners.logs.finish();
  }
}

/** Whether this was the last event that matters. */
async function hear(
  event: WatchedEvent,
  options: FollowJobOptions,
  { logs, phases }: Listeners,
): Promise<boolean> {
  const body = event.body as EventBody;
  switch (body.kind) {
    case "artifact.added":
      logs.announce(body.path);
      return false;
    case "job.note":
      options.io.note(`${body.level === "warning" ? "warning" : "note"}: ${body.message}`);
      return false;
    case "job.state":
      if (phases.moved(body, event.at) === "new attempt") logs.reopen();
      if (!isFinal(body.state)) return false;
      await announceAll(options, logs);
      return true;
    default:
      return false;
  }
}

async function announceAll({ job, link }: FollowJobOptions, logs: LogFollower): Promise<void> {
  for (const prefix of ["azureml-logs/", "user_logs/"]) {
    const { artifacts } = await link.use((client) =>
      client.listArtifacts({ params: { run: job.name }, query: { prefix } }),
    );
    for (const { path } of artifacts) logs.announce(path);
  }
  logs.finish();
}
