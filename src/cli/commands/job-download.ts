// `job download`: a finished job's logs and outputs, as files here.
import { join, resolve } from "node:path";
import type { JobState } from "../../core/job.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, parseFlag, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import type { FilesWanted } from "../download/files-of-job.ts";
import { CommandFailed } from "../fail.ts";

interface JobDownloadOptions extends CommonOptions, FilesWanted {
  name: string;
  downloadPath: string;
}

const atOnce = 8;
const endedStates: readonly JobState[] = ["Completed", "Failed", "Canceled", "NotResponding", "Paused"];

export const addJobDownload: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "download", {
    summary: "Fetch a finished job's logs and outputs",
    description:
      "Fetches a finished job's files. Files that are here already are not fetched again.\nOf a job written in the 2021 dialect: its logs, into a folder named after it; with --outputs everything.\nOf a sweep: with them the files of its best trial.\nOf a job written in the later dialects: `artifacts/…`, and with --all also `named-outputs/<name>/…`.",
    examples: [
      "trainyard job download -n $run_id --outputs",
      "trainyard job download -n $run_id -p results --all",
      "trainyard job download -n $run_id --output-name model",
    ],
  })
    .requiredOption("-n, --name <name>", "the job's name")
    .option("-p, --download-path <folder>", "where to", ".")
    .option("-u, --outputs", "outputs and every other file too, not the logs only")
    .option("--all", "the same, in the words of the later dialects")
    .option("--output-name <name>", "one named output only; `default` is all that is not named")
    .option(
      "--include-children [boolean]",
      "the logs of a sweep's trials too, each in a folder of its name; by default for the 2021 dialect",
      parseFlag,
    );
  withCommonOptions(command).action((options: JobDownloadOptions) => downloadJob(options, context));
};

async function downloadJob(options: JobDownloadOptions, context: Context): Promise<void> {
  const loading = Promise.all([
    import("../download/files-of-job.ts"),
    import("../download/fetch-file.ts"),
    import("../connect/link.ts"),
    import("../progress.ts"),
  ]);
  const { io, clock } = context;
  const connection = await connect(context);
  const signal = context.interrupted();
  const [{ filesOfJob }, { fetchFile }, { createLink }, { formatBytes, startProgress }] = await loading;
  using link = createLink(connection, {
    connect: () => connect(context, { start: "crashed" }),
    clock,
    signal,
  });

  const job = await link.use((client) => client.getJob({ params: { run: options.name } }));
  if (!endedStates.includes(job.state)) {
    throw new CommandFailed(`${job.name} is ${job.state}; only a job that has ended can be downloaded`, {
      hint: `That is: ${endedStates.join(", ")}. Wait for it: trainyard job stream -n ${job.name}`,
    });
  }
  const chosen = await filesOfJob(job, options, link);
  const totalBytes = chosen.reduce((sum, { artifact }) => sum + artifact.sizeBytes, 0);
  const progress = startProgress(`Downloading ${chosen.length} files`, { io, clock });
  let doneBytes = 0;
  let known = 0;
  const folder = resolve(options.downloadPath);
  const waiting = [...chosen];
  const onBytes = (count: number) => progress.update((doneBytes += count), totalBytes);
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const fetched = await fetchFile(next.artifact, join(folder, next.target), {
        run: next.run,
        link,
        signal,
        onBytes,
      });
      if (fetched === "known") known += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  progress.end();
  if (signal.aborted) {
    process.exitCode = 130;
    return io.note("Interrupted. Run it again to go on: what is complete is not fetched twice.");
  }
  const place = job.spec.dialect === "A" ? join(folder, job.name) : folder;
  io.note(
    chosen.length === 0
      ? `${job.name} has no such files. With --outputs everything is fetched.`
      : `Downloaded ${chosen.length} files (${formatBytes(totalBytes)}) to ${place}${known > 0 ? `; ${known} were there already` : ""}`,
  );
}
