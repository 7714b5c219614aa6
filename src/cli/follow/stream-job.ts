// `job stream` and `create --stream`: header, logs, summary, and the job's error when it failed.
import type { Job } from "../../api/jobs.ts";
import { connect } from "../connect/connect.ts";
import type { Connection } from "../connect/connect.ts";
import { createLink } from "../connect/link.ts";
import type { Context } from "../context.ts";
import type { CommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";
import { linksOf } from "../print/studio-links.ts";
import { followJob } from "./follow-job.ts";

export type StreamEnd = { job: Job; interrupted: boolean };

/**
 * With -o or --query, stdout belongs to the job's JSON and the stream goes to stderr, so that
 * `$(… --stream --query name -o tsv)` captures the name and nothing else.
 */
export async function streamJob(
  job: Job,
  connection: Connection,
  options: CommonOptions,
  context: Context,
): Promise<StreamEnd> {
  const { io, clock } = context;
  const signal = context.interrupted();
  const aside = wantsDocument(options);
  const write = (bytes: string | Uint8Array) => (aside ? io.writeAside(bytes) : io.write(bytes));
  const page = linksOf(connection.url, context, options).page(job.name);
  const names = `RunId: ${job.name}\nWeb View: ${page}\n`;

  using link = createLink(connection, {
    connect: () => connect(context, { start: "crashed" }),
    clock,
    signal,
    onAway: () =>
      io.note(
        `The server does not answer. The job goes on; waiting for the server to come back (Ctrl-C to leave) …`,
      ),
    onBack: () => io.note("The server is back."),
  });
  await write(names);
  const ended = await followJob({ job, link, io, clock, signal, write });
  if (signal.aborted) {
    io.note(
      `\nNo longer watching; the job goes on.\n  watch it again:  trainyard job stream -n ${job.name}\n  stop it:         trainyard job cancel -n ${job.name}`,
    );
    return { job: ended, interrupted: true };
  }
  await write(`\nExecution Summary\n=================\n${names}`);
  const warnings = ended.notes
    .filter(({ level }) => level === "warning")
    .map(({ message }) => `${message}\n`);
  if (warnings.length > 0) await write(`Warnings:\n${warnings.join("")}`);
  return { job: ended, interrupted: false };
}

export const wantsDocument = (options: CommonOptions): boolean =>
  options.output !== undefined || options.query !== undefined;

/** What makes the command itself fail: a job that failed. A canceled one did as it was told. */
export function failWithJob({ job, interrupted }: StreamEnd): void {
  if (interrupted) process.exitCode = 130;
  else if (job.state === "Failed") {
    const error = job.error ?? { error: { code: "SystemError", message: job.reason, details: [] } };
    throw new CommandFailed(JSON.stringify(error, null, 2), { verbatim: true });
  }
}
