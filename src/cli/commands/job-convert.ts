// `job convert`: rewrite a job file of an older dialect in the one of today.
import { access, writeFile } from "node:fs/promises";
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";

interface JobConvertOptions {
  file: string;
  output?: string;
  force?: true;
}

export const addJobConvert: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "convert", {
    summary: "Rewrite a job file of 2021 in the dialect of today",
    description:
      "Reads a job or sweep file of dialect A (the 2021 preview) or B (November 2021) and writes the same job in dialect C. Comments, order and layout stay. What has no equal is told on stderr. Without -o the result goes to stdout.",
    examples: [
      "trainyard job convert -f job.yml",
      "trainyard job convert -f job.yml -o job-new.yml",
      "trainyard job convert -f job.yml -o job.yml --force",
    ],
  })
    .requiredOption("-f, --file <path>", "the job's YAML file")
    // Not the common -o: the result is a file, and its format is known.
    .option("-o, --output <path>", "where to write the result; paths in it start there")
    .option("--force", "write over a file that is there already")
    .optionsGroup("Common options:")
    .option("--only-show-errors", "no notes on stderr")
    .option("--verbose", "say more on stderr")
    .option("--debug", "say even more, with stack traces");
  command.action((options: JobConvertOptions) => convertJob(options, context));
};

async function convertJob(options: JobConvertOptions, { io }: Context): Promise<void> {
  const [{ convertJobFile }, { renderProblems }] = await Promise.all([
    import("../../spec/convert.ts"),
    import("../../spec/text/problem.ts"),
  ]);
  const { file, output } = options;
  const converted = await convertJobFile(file, output === undefined ? {} : { out: output });
  if (converted.warnings.length > 0) io.note(`warning: ${renderProblems(converted.warnings)}`);
  if (converted.from === "C" && converted.kind === "command") io.note(`${file} is dialect C already.`);
  if (output === undefined) return io.write(converted.text);
  if (!options.force && (await isThere(output))) {
    throw new CommandFailed(`${output} is there already`, {
      hint: "Choose another name, or write over it with --force.",
    });
  }
  await writeFile(output, converted.text);
  io.note(`Wrote ${output}.`);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
