// What an import says: how far it is, what moved, whether both sides are the same, and what went wrong.
import type { Context } from "../context.ts";
import type { CommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";
import { printResult } from "../print/print-result.ts";
import type { TableColumns } from "../print/table.ts";
import { formatBytes } from "../progress.ts";
import type { Plan, Report } from "./import-store.ts";
import { addFault } from "./session.ts";
import type { ImportChoices, Session, Tally } from "./session.ts";
import { BrokenSource } from "./source.ts";
import type { Fault, Source } from "./source.ts";

const redrawMs = 100;
const lineEveryMs = 5000;
const mostShown = 20;
const barWidth = 24;

const count = (number: number, word: string): string =>
  `${number.toLocaleString("en-US")} ${word}${number === 1 ? "" : "s"}`;

/** A bar of runs, with the bytes of files behind it; without a terminal a line now and then. */
export function progressOf(
  title: string,
  runs: number,
  session: Session,
  { io, clock }: Context,
): () => void {
  let drawnAt = clock.elapsed();
  let saidAt = drawnAt;
  return () => {
    const now = clock.elapsed();
    const { sent } = session;
    const text = () =>
      `${sent.runs.toLocaleString("en-US")} of ${count(runs, "run")}${sent.bytes > 0 ? `, ${formatBytes(sent.bytes)}` : ""}`;
    if (io.live && now - drawnAt >= redrawMs) {
      drawnAt = now;
      const filled = runs === 0 ? barWidth : Math.floor((Math.min(sent.runs, runs) / runs) * barWidth);
      io.status(`${title}  ${"█".repeat(filled)}${"░".repeat(barWidth - filled)}  ${text()}`);
    } else if (!io.live && now - saidAt >= lineEveryMs) {
      saidAt = now;
      io.note(`${title}: ${text()}`);
    }
  };
}

export function tellMoved(
  moved: Tally,
  plan: Plan,
  source: Source,
  elapsedMs: number,
  { io }: Context,
): void {
  const parts = [
    moved.newRuns > 0 && count(moved.newRuns, "new run"),
    moved.changedRuns > 0 && `what is new in ${count(moved.changedRuns, "run")}`,
    moved.points > 0 && count(moved.points, "point"),
    moved.files > 0 && `${count(moved.files, "file")} (${formatBytes(moved.bytes)} had to travel)`,
    moved.models > 0 && count(moved.models, "logged model"),
    moved.versions > 0 && `${count(moved.versions, "version")} of registered models`,
  ].filter((part) => part !== false);
  const what = parts.length === 0 ? "Nothing was new" : `Moved ${parts.join(", ")}`;
  io.note(`${what}, from ${source.address}, in ${(elapsedMs / 1000).toFixed(1)} s.`);
  if (plan.leftOut > 0) {
    io.note(`Left out ${plan.leftOut} that are deleted over there; --include-deleted moves them too.`);
  }
  if (plan.prompts > 0) io.note(`Left out ${count(plan.prompts, "prompt")}: this version keeps none.`);
}

interface Row {
  experiment: string;
  runs: number;
  models: number;
  params: number;
  tags: number;
  metrics: number;
  points: number;
  files: number;
  bytes: number;
}

const sumColumns: TableColumns = [
  { title: "Experiment", of: (row) => row["experiment"] },
  { title: "Runs", of: (row) => row["runs"] },
  { title: "Models", of: (row) => row["models"] },
  { title: "Params", of: (row) => row["params"] },
  { title: "Tags", of: (row) => row["tags"] },
  { title: "Metrics", of: (row) => row["metrics"] },
  { title: "Points", of: (row) => row["points"] },
  { title: "Files", of: (row) => row["files"] },
  { title: "Size", of: (row) => formatBytes(Number(row["bytes"])) },
];

/** Reads everything but the files' bytes, and sends nothing. */
export async function countPlan(
  plan: Plan,
  source: Source,
  choices: ImportChoices,
  faults: Fault[],
  onStatus: (text: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  let counted = 0;
  for (const { experiment, runs, models } of plan.experiments) {
    const row: Row = {
      experiment: choices.experimentPrefix + experiment.name,
      runs: runs.length,
      models: models.length,
      params: 0,
      tags: 0,
      metrics: 0,
      points: 0,
      files: 0,
      bytes: 0,
    };
    for (const entry of [...runs, ...models]) {
      try {
        const { record, files } = await entry.read();
        row.params += record.params.length;
        row.tags += record.tags.length;
        if ("points" in entry) {
          for await (const { points } of entry.points((fault) =>
            addFault(faults, `run ${entry.id}`, new BrokenSource(fault)),
          )) {
            row.metrics += 1;
            row.points += points.at.length;
          }
        }
        for (const file of choices.artifacts ? await source.listFiles(files) : []) {
          row.files += 1;
          row.bytes += file.sizeBytes;
        }
      } catch (error) {
        addFault(faults, `${"points" in entry ? "run" : "logged model"} ${entry.id}`, error);
      }
      onStatus(`Counting: ${(++counted).toLocaleString("en-US")} of ${count(plan.runs, "run")}`);
    }
    rows.push(row);
  }
  return rows;
}

export async function printPlan(
  rows: Row[],
  plan: Plan,
  faults: readonly Fault[],
  options: CommonOptions,
  context: Context,
): Promise<void> {
  await printResult(rows, { ...options, output: options.output ?? "table" }, context, sumColumns);
  if (plan.registered.length > 0) {
    const versions = plan.registered.reduce((sum, model) => sum + model.versions.length, 0);
    context.io.note(
      `And ${count(plan.registered.length, "registered model")} with ${count(versions, "version")}.`,
    );
  }
  if (plan.leftOut > 0) {
    context.io.note(
      `Left out ${plan.leftOut} that are deleted over there; --include-deleted counts them too.`,
    );
  }
  context.io.note("Nothing was sent: this was a dry run.");
  tellFaults(faults, context);
  if (faults.length > 0) process.exitCode = 1;
}

const checkColumns: TableColumns = [
  ...sumColumns,
  { title: "Check", of: (row) => verdictOn(row["moved"] === true, Number(row["differing"])) },
];

const verdictOn = (moved: boolean, differing: number): string =>
  !moved ? "not moved" : differing === 0 ? "same" : `${differing} differ`;

/** Prints the table and the verdict; the exit code says whether all is well. */
export async function printReport(
  { report, moved, faults }: { report: Report | undefined; moved: Tally; faults: readonly Fault[] },
  options: CommonOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  const things = report?.experiments.flatMap((one) => one.things) ?? [];
  const differing = [
    ...things
      .filter((thing) => thing.differences.length > 0)
      .map((thing) => ({
        what: `${thing.kind === "run" ? "run" : "logged model"} ${thing.id} (${thing.name})`,
        differences: thing.differences,
      })),
    ...(report?.registered ?? [])
      .filter((model) => model.differences.length > 0)
      .map((model) => ({ what: `registered model ${model.name}`, differences: model.differences })),
  ];
  const asTable = options.output === undefined || options.output === "table";
  if (report && asTable) {
    await printResult(sumUp(report), { ...options, output: "table" }, context, checkColumns);
  } else if (!asTable) {
    const result = { moved, faults, verdict: verdictOf(report, differing.length), ...report };
    await printResult(result, options, context);
  }
  tellFaults(faults, context);
  for (const { what, differences } of differing.slice(0, mostShown)) {
    const more = differences.length > 5 ? ` and ${differences.length - 5} more` : "";
    io.error(`differs: ${what}: ${differences.slice(0, 5).join("; ")}${more}`);
  }
  if (differing.length > mostShown)
    io.error(`… and ${differing.length - mostShown} more; -o json lists all.`);
  if (faults.length > 0 || differing.length > 0) process.exitCode = 1;
  if (!report) return io.note("Not checked, as asked.");
  if (differing.length > 0) {
    io.error(
      "The two sides are not the same. Run it again: what went on over there meanwhile is moved then. What stays different is named above.",
    );
  } else if (faults.length > 0) {
    io.error("What was moved is the same on both sides; what is named above was not moved.");
  } else {
    const models = report.registered.length;
    io.note(
      `Checked: ${count(things.length, "run and logged model")}${models > 0 ? ` and ${count(models, "registered model")}` : ""}, both sides are the same.`,
    );
  }
}

const verdictOf = (report: Report | undefined, differing: number): string =>
  report === undefined ? "not checked" : differing === 0 ? "same" : "different";

const sumUp = (report: Report) =>
  report.experiments.map(({ name, moved, things }) => {
    const sum = (key: "params" | "tags" | "metrics" | "points" | "files" | "bytes") =>
      things.reduce((total, thing) => total + thing[key], 0);
    return {
      experiment: name,
      moved,
      runs: things.filter(({ kind }) => kind === "run").length,
      models: things.filter(({ kind }) => kind === "model").length,
      params: sum("params"),
      tags: sum("tags"),
      metrics: sum("metrics"),
      points: sum("points"),
      files: sum("files"),
      bytes: sum("bytes"),
      differing: things.filter(({ differences }) => differences.length > 0).length,
    };
  });

function tellFaults(faults: readonly Fault[], { io }: Context): void {
  for (const { what, why, todo } of faults.slice(0, mostShown)) {
    io.error(`not moved: ${what}: ${why}${todo === undefined ? "" : `\n  ${todo}`}`);
  }
  if (faults.length > mostShown) io.error(`… and ${faults.length - mostShown} more; -o json lists all.`);
}

/** What stops the whole import. */
export async function explain(error: unknown): Promise<unknown> {
  if (error instanceof BrokenSource) {
    return new CommandFailed(error.message, { ...(error.todo !== undefined && { hint: error.todo }) });
  }
  const { RestRefused } = await import("./rest-client.ts");
  return error instanceof RestRefused ? new CommandFailed(error.message) : error;
}
