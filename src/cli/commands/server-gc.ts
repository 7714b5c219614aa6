// `server gc`: remove stored bytes that nothing names any more, or say what would go.
import { InvalidArgumentError, Option } from "commander";
import { leastGraceHours } from "../../api/settings.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { printResult } from "../print/print-result.ts";
import { formatBytes, formatCount } from "../progress.ts";

interface ServerGcOptions extends CommonOptions {
  dryRun?: boolean;
  grace: number;
  deleteArchived?: number;
}

export const addServerGc: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "gc", {
    summary: "Remove stored files that no run, asset or job names any more",
    description:
      "Removes stored files that no run, asset, model or job names any more: what a deleted asset held, replaced artifacts, uploads that nobody submitted. What was used within --grace stays, so that uploads under way lose nothing. The server does the same by itself every few hours.",
    examples: [
      "trainyard server gc --dry-run",
      "trainyard server gc --grace 2h",
      "trainyard server gc --delete-archived 30d --dry-run",
    ],
  })
    .option("--dry-run", "only say what would go")
    .addOption(
      new Option("--grace <time>", "leave what was used within this time, such as 2h or 7d")
        .argParser(parseHours)
        .default(24, "1d"),
    )
    .option(
      "--delete-archived <time>",
      "also delete for good the runs that were archived longer ago than this, such as 30d; a run that made an asset stays",
      parseHours,
    );
  withCommonOptions(command).action((options: ServerGcOptions) => collect(options, context));
};

function parseHours(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([hd])$/.exec(text) ?? [];
  const hours = Number(count) * (unit === "d" ? 24 : 1);
  if (hours >= leastGraceHours) return hours;
  throw new InvalidArgumentError(
    `${JSON.stringify(text)} is not a time such as 2h or 7d, of an hour or more.`,
  );
}

async function collect(
  { dryRun = false, grace, deleteArchived, ...options }: ServerGcOptions,
  context: Context,
): Promise<void> {
  using connection = await connect(context);
  const found = await connection.client.collectStorage({
    body: { dryRun, graceHours: grace, deleteArchivedHours: deleteArchived },
  });
  const say = ({ files, sizeBytes }: { files: number; sizeBytes: number }) =>
    `${formatCount(files)} ${files === 1 ? "file" : "files"} (${formatBytes(sizeBytes)})`;
  if (deleteArchived !== undefined) {
    const { runs, models, experiments } = found.deleted;
    context.io.note(
      `${dryRun ? "Would delete" : "Deleted"} for good, because archived long ago: runs ${formatCount(runs)}, logged models ${formatCount(models)}, experiments ${formatCount(experiments)}.${dryRun ? " Their files come on top of what follows." : ""}`,
    );
  }
  context.io.note(
    `${dryRun ? "Would remove" : "Removed"} ${say(found.removed)} that nothing names; ${say(found.kept)} stay.` +
      (found.waiting.files > 0 ? ` ${say(found.waiting)} more were used too lately.` : ""),
  );
  const output = options.output ?? (options.query === undefined ? "yaml" : "json");
  const count = ({ files, sizeBytes }: { files: number; sizeBytes: number }) => ({
    files,
    size_bytes: sizeBytes,
  });
  const document = {
    dry_run: found.dryRun,
    grace_hours: found.graceHours,
    ...(deleteArchived !== undefined && { deleted: found.deleted }),
    removed: count(found.removed),
    waiting: count(found.waiting),
    kept: count(found.kept),
    snapshots: found.snapshots,
  };
  await printResult(document, { ...options, output }, context);
}
