// Job files that were written in the browser: the same reader as the command line's, which looks at no file here.
import { randomInt } from "node:crypto";
import { asWireSpec } from "../../api/job-spec.ts";
import { InvalidFile } from "../../spec/text/problem.ts";
import type { Problem } from "../../spec/text/problem.ts";
import { checkJob } from "../jobs/check-job.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";

export function jobFileRoutes(context: ServerContext): SomeHandlers<"readJobFile"> {
  return {
    async readJobFile({ body: { yaml } }) {
      // Loaded when first needed: most jobs come from the command line, which reads them itself.
      const { readJobDocument } = await import("../../spec/read-job.ts");
      const { locateInDocument } = await import("../../spec/text/locate.ts");
      try {
        const { spec, warnings } = readJobDocument(yaml, {
          defaultExperiment: "Default",
          newSeed: randomInt(2 ** 31),
        });
        const { problems } = await checkJob(context, spec, false);
        return {
          problems: problems.map((problem) => onTheWire(locateInDocument(yaml, problem))),
          warnings: warnings.map(onTheWire),
          spec: problems.length === 0 ? asWireSpec(spec) : null,
        };
      } catch (error) {
        if (!(error instanceof InvalidFile)) throw error;
        return { problems: error.problems.map(onTheWire), warnings: [], spec: null };
      }
    },
  };
}

const onTheWire = ({ line, column, path, message, nearest, hint, excerpt }: Problem) => ({
  ...(line !== undefined && { line, column: column ?? 1 }),
  ...(excerpt && { length: excerpt.length }),
  path,
  message: nearest === undefined ? message : `${message}. Did you mean "${nearest}"?`,
  ...(hint !== undefined && { hint }),
});
