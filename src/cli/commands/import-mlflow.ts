// `import mlflow`: moves an existing MLflow store here, and checks afterwards that it is the same.
import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { AddCommand } from "../command-entry.ts";
import { connect, resolveAddress } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, parsePositive, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import type { Session } from "../import/session.ts";

interface ImportOptions extends CommonOptions {
  from: string;
  experiment?: string[];
  experimentPrefix: string;
  artifacts: boolean;
  artifactsFolder?: string[];
  check: boolean;
  includeDeleted?: true;
  dryRun?: true;
  jobs: number;
}

const mostJobs = 32;

export const addImportMlflow: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "mlflow", {
    summary: "Move an existing MLflow store here, and check it afterwards",
    description:
      "Moves experiments, runs, params, metrics with their whole history, tags, datasets, logged models, registered models and files. Nothing is changed over there. Run it again at any time: only what is new is sent, nothing twice, and what was stopped goes on.",
    examples: [
      "trainyard import mlflow --from ./mlruns",
      "trainyard import mlflow --from sqlite:///mlflow.db --dry-run",
      "trainyard import mlflow --from https://mlflow.example.org --experiment vision --jobs 8",
    ],
  })
    .requiredOption(
      "--from <store>",
      "a folder (mlruns), a database (sqlite:///mlflow.db) or a server (https://…)",
    )
    .option("--experiment <name>", "only this one; may be given several times", collect)
    .option("--experiment-prefix <text>", "put before the names of experiments that are made here", "")
    .option("--no-artifacts", "leave files out")
    .addOption(
      new Option(
        "--artifacts-folder <folder>",
        "where files that a server kept lie now (its --artifacts-destination); may be given several times",
      ).argParser(collect),
    )
    .option("--include-deleted", "deleted experiments and runs too; they arrive archived")
    .option("--no-check", "do not compare both sides at the end")
    .option("--dry-run", "only say what would move")
    .option("-j, --jobs <number>", "runs at once", parseJobs, 4);
  withCommonOptions(command).action((options: ImportOptions) => importMlflow(options, context));
};

function parseJobs(text: string): number {
  const jobs = parsePositive(text);
  if (jobs <= mostJobs) return jobs;
  throw new InvalidArgumentError(`at most ${mostJobs}.`);
}

async function importMlflow(options: ImportOptions, context: Context): Promise<void> {
  const { io, clock, config } = context;
  const [{ openSource }, importing, reporting, { SourceHashes }, { newTally, addFault }] = await Promise.all([
    import("../import/open-source.ts"),
    import("../import/import-store.ts"),
    import("../import/print-report.ts"),
    import("../import/source-hashes.ts"),
    import("../import/session.ts"),
  ]);
  const signal = context.interrupted();
  const faults: Session["faults"] = [];
  const choices = {
    experiments: options.experiment ?? [],
    experimentPrefix: options.experimentPrefix,
    includeDeleted: options.includeDeleted ?? false,
    artifacts: options.artifacts,
    jobs: options.jobs,
  };
  try {
    await using source = await openSource(options.from, {
      artifactRoots: (options.artifactsFolder ?? []).map((folder) => resolve(folder)),
      variables: config.mlflowVariables,
      clock,
      signal,
      onFault: (what, error) => addFault(faults, what, error),
    });
    io.status(`Looking into ${source.address}`);
    const plan = await importing.planImport(source, choices);
    if (options.dryRun) {
      const rows = await reporting.countPlan(plan, source, choices, faults, (text) => io.status(text));
      io.status(undefined);
      return await reporting.printPlan(rows, plan, faults, options, context);
    }
    const { createLink } = await import("../connect/link.ts");
    const { createRestClient } = await import("../import/rest-client.ts");
    const connection = await connect(context);
    using link = createLink(connection, {
      connect: () => connect(context, { start: "crashed" }),
      clock,
      signal,
    });
    const { url, token } = await resolveAddress(context);
    const wire = createRestClient({ url, authorization: `Bearer ${token}`, clock, signal });
    const session: Session = {
      source,
      link,
      wire,
      choices,
      signal,
      faults,
      hashes: new SourceHashes(),
      refused: new Set(),
      runIds: new Map(),
      sent: newTally(),
      onProgress: () => {},
    };
    try {
      const begun = clock.elapsed();
      session.onProgress = reporting.progressOf("Moving", plan.runs, session, context);
      await importing.moveStore(plan, session);
      io.status(undefined);
      const moved = { ...session.sent };
      reporting.tellMoved(moved, plan, source, clock.elapsed() - begun, context);
      session.sent = newTally();
      session.onProgress = reporting.progressOf("Checking", plan.runs, session, context);
      const report = options.check ? await importing.checkImport(plan, session) : undefined;
      io.status(undefined);
      await reporting.printReport({ report, moved, faults }, options, context);
    } finally {
      wire.close();
    }
  } catch (error) {
    if (!signal.aborted) throw await reporting.explain(error);
    process.exitCode = 130;
    io.note("Interrupted. Run it again to go on: what is here already is not sent twice.");
  }
}
