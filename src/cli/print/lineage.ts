// Where a version comes from and who read it: as a document, and as a tree for people.
import type { LineageBody } from "../../api/assets.ts";

export function lineageDocument({ madeBy, usedBy }: LineageBody): Record<string, unknown> {
  return {
    made_by: madeBy && {
      job_name: madeBy.run,
      experiment_name: madeBy.experiment,
      code: madeBy.snapshot === null ? undefined : `azureml://snapshots/${madeBy.snapshot}`,
      environment: environmentName(madeBy),
      git:
        madeBy.gitCommit === null
          ? undefined
          : {
              commit: madeBy.gitCommit,
              repository_uri: madeBy.gitRepository ?? undefined,
              dirty: madeBy.gitDirty ?? undefined,
            },
      inputs: Object.fromEntries(
        madeBy.inputs.map(({ as, name, version }) => [as, `azureml:${name}:${version}`]),
      ),
    },
    used_by: usedBy.map(({ run, experiment, as }) => ({
      job_name: run,
      experiment_name: experiment,
      input: as,
    })),
  };
}

interface Twig {
  text: string;
  twigs?: Twig[];
}

/** Lines for a terminal. */
export function renderLineage(lineage: LineageBody): string {
  const { asset, madeBy, usedBy } = lineage;
  const labels = asset.labels.length > 0 ? ` (${asset.labels.join(", ")})` : "";
  const shownUses = usedBy.slice(0, mostUses).map(({ run, experiment, as }) => ({
    text: `${run} of ${experiment}, as ${as}`,
  }));
  const rest = usedBy.length - shownUses.length;
  const twigs: Twig[] = [
    madeBy
      ? { text: `made by ${madeBy.run} of ${madeBy.experiment}`, twigs: twigsOf(madeBy) }
      : { text: `registered by ${asset.createdBy}, from files and not from a job` },
    usedBy.length === 0
      ? { text: "read by no job" }
      : {
          text: `read by ${usedBy.length === 1 ? "1 job" : `${usedBy.length} jobs`}`,
          twigs: rest > 0 ? [...shownUses, { text: `and ${rest} more` }] : shownUses,
        },
  ];
  return [`${asset.kind} ${asset.name}:${asset.version}${labels}`, ...linesOf(twigs, ""), ""].join("\n");
}

const mostUses = 20;

function twigsOf(madeBy: NonNullable<LineageBody["madeBy"]>): Twig[] {
  const { snapshot, gitCommit, gitRepository, gitDirty, inputs } = madeBy;
  const from = gitRepository === null ? "" : ` of ${gitRepository}`;
  return [
    ...(snapshot === null ? [] : [{ text: `code         snapshot ${snapshot.slice(0, 12)}` }]),
    ...(gitCommit === null
      ? []
      : [
          { text: `git          ${gitCommit.slice(0, 12)}${from}${gitDirty ? ", with changes on top" : ""}` },
        ]),
    { text: `environment  ${environmentName(madeBy)}` },
    ...inputs.map(({ as, kind, name, version }) => ({
      text: `input        ${as} = ${kind} ${name}:${version}`,
    })),
  ];
}

function environmentName({ environment }: NonNullable<LineageBody["madeBy"]>): string {
  const { name, version } = environment;
  if (name !== undefined && version !== undefined) return `azureml:${name}:${version}`;
  const { image, build, conda, pip } = environment;
  const base = image ?? (build ? "a Dockerfile" : undefined);
  const extra = conda ? "a conda file" : pip ? "pip packages" : undefined;
  return [base, extra].filter((part) => part !== undefined).join(" with ") || "none";
}

const linesOf = (twigs: readonly Twig[], indent: string): string[] =>
  twigs.flatMap(({ text, twigs: inner = [] }, index) => {
    const isLast = index === twigs.length - 1;
    return [
      `${indent}${isLast ? "└─ " : "├─ "}${text}`,
      ...linesOf(inner, `${indent}${isLast ? "   " : "│  "}`),
    ];
  });
