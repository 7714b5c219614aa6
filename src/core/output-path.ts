// Where an output goes in a datastore, with what its path leaves open filled in. It is filled in when it is needed and
// never stored, so that a job that is submitted once more writes to a place of its own.
import { defaultDatastore } from "./datastore.ts";

/** What may stand between `${{` and `}}`; `name` is the job's own. */
export function fillOutputPath(path: string, { run, output }: { run: string; output: string }): string {
  const values = new Map([
    ["name", run],
    ["output_name", output],
    ["default_datastore", defaultDatastore],
  ]);
  return path.replaceAll(
    /\$\{\{\s*([a-z_]+)\s*\}\}/g,
    (written, word: string) => values.get(word) ?? written,
  );
}
