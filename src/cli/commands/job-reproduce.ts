// `job reproduce`: run a job again exactly as it was, and say whether the same came of it.
import { InvalidArgumentError } from "commander";
import { isFinal } from "../../core/job.ts";
import type { Job } from "../../api/jobs.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import { createLink } from "../connect/link.ts";
import type { Link } from "../connect/link.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";
import { wantsDocument } from "../follow/stream-job.ts";

interface JobReproduceOptions extends CommonOptions {
  name?: string;
  set?: string[];
  stream?: true;
  tolerance: number;
}

export const addJobReproduce: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "reproduce", {
    summary: "Run a job again exactly as it was, and compare",
    description:
      "Submits the job once more from its stored code, with the package versions of then (the run's environment lock) and the same inputs, waits, and compares: final state, every value of every metric, params, and the SHA-256 of every output. Times are not compared, nor are logs.\nExits with 0 when all is identical and with 1 when something differs.",
    examples: [
      "trainyard job reproduce $run_id",
      "trainyard job reproduce $run_id --stream --tolerance 1e-6",
      "trainyard job reproduce $run_id --set environment_variables.SEED=8   # what does another seed change?",
      "trainyard job reproduce $run_id -o json --query metrics.differences",
    ],
  })
    .argument("<run>", "the job to repeat")
    .option("-n, --name <name>", "name of the new job")
    .option("--set <path=value...>", "change the job's values first, to see what that changes", collect)
    .option("-s, --stream", "show the new job's logs while it runs")
    .option("--tolerance <number>", "how far apart two numbers may be", parseTolerance, 0);
  withCommonOptions(command).action((run: string, options: JobReproduceOptions) =>
    reproduceJob(run, options, context),
  );
};

function parseTolerance(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not a number from 0 on.`);
}

async function reproduceJob(run: string, options: JobReproduceOptions, context: Context): Promise<void> {
  const { io, clock } = context;
  const [{ takeStoredJob, submitSpec }, { pinEnvironment }, { gatherRun, readLock }] = await Promise.all([
    import("../submit/stored-job.ts"),
    import("../reproduce/pin-environment.ts"),
    import("../reproduce/gather-run.ts"),
  ]);
  const connecting = connect(context);
  using connection = await connecting;
  const signal = context.interrupted();
  using link = createLink(connection, {
    connect: () => connect(context, { start: "crashed" }),
    clock,
    signal,
  });
  const original = await link.use((client) => client.getJob({ params: { run } }));
  refuseUnfinished(original);

  const lock = await readLock(original.name, link);
  const taken = takeStoredJob(original, options, context);
  const pinned = pinEnvironment(taken.environment, lock);
  io.note(`Environment: ${pinned.summary}.`);
  for (const warning of [...pinned.warnings, ...inputWarnings(original)]) io.note(`warning: ${warning}`);
  const properties = { ...taken.properties, "trainyard.reproduces": original.name };
  const spec = { ...taken, environment: pinned.environment, properties };
  const job = await submitSpec(spec, { from: original.name }, connecting, context);
  io.note(`Running it again as ${job.name}.`);

  const ended = await waitFor(job, { link, options, context, signal });
  if (!ended) {
    process.exitCode = 130;
    return io.note(`No longer waiting; ${job.name} goes on and will not be compared.`);
  }
  const [{ compareRuns }, { compareLocks }] = await Promise.all([
    import("../reproduce/compare-runs.ts"),
    import("../reproduce/pin-environment.ts"),
  ]);
  const facts = [await gatherRun(original.name, link), await gatherRun(job.name, link)] as const;
  const packages = compareLocks(lock, await readLock(job.name, link));
  const verdict = {
    ...compareRuns(...facts, options.tolerance),
    environment: { summary: pinned.summary, ...(packages && { differences: packages }) },
  };
  if (wantsDocument(options)) {
    const { printResult } = await import("../print/print-result.ts");
    await printResult(verdict, options, context);
  } else {
    const { renderVerdict } = await import("../reproduce/print-verdict.ts");
    await io.write(renderVerdict(verdict));
  }
  if (verdict.verdict === "Different") process.exitCode = 1;
}

function refuseUnfinished(job: Job): void {
  if (isFinal(job.state)) return;
  throw new CommandFailed(`${job.name} is ${job.state}; only a job that has ended can be reproduced`, {
    hint: `Wait for it: trainyard job stream -n ${job.name}`,
  });
}

/** What the server has not kept may have changed since. */
function inputWarnings({ spec }: Job): string[] {
  return Object.entries(spec.inputs).flatMap(([name, input]) =>
    input.kind === "data" && (input.source.kind === "uri" || input.source.kind === "datastore")
      ? [`the input ${name} is read again from where it came from, and may have changed since`]
      : [],
  );
}

interface Waiting {
  link: Link;
  options: JobReproduceOptions;
  context: Context;
  signal: AbortSignal;
}

/** The job as it ended; undefined when the person did not wait. */
async function waitFor(job: Job, { link, options, context, signal }: Waiting): Promise<Job | undefined> {
  const { io, clock } = context;
  const { followJob } = await import("../follow/follow-job.ts");
  // With -o or --query, stdout belongs to the verdict.
  const write = async (bytes: Uint8Array) => {
    if (options.stream) await (wantsDocument(options) ? io.writeAside(bytes) : io.write(bytes));
  };
  const ended = await followJob({ job, link, io, clock, signal, write });
  return signal.aborted ? undefined : ended;
}
