// What runs have, side by side: a row for each metric, parameter and fact, and whether they differ in it.
import type { Job } from "../../api/queries.ts";
import type { Run } from "../../api/run-queries.ts";
import { formatDuration, formatNumber, formatTime } from "../../ui/format.ts";
import { wantedPackages } from "../code/environment.ts";
import { isChart } from "../run/metric-kinds.ts";

export interface Compared {
  run: Run;
  job: Job | null;
}

export interface CompareRow {
  group: "Metrics" | "Parameters" | "About" | "Tags";
  name: string;
  /** One a run; undefined: it has none. */
  values: readonly (string | undefined)[];
  /** The same where all that have it have numbers. */
  numbers: readonly (number | undefined)[] | undefined;
  differs: boolean;
}

/** Metrics first, then parameters; in each by name. */
export function compareRows(compared: readonly Compared[]): CompareRow[] {
  return [
    ...rowsOf(
      "Metrics",
      compared.map(({ run }) => metricsOf(run)),
    ),
    ...rowsOf("Parameters", compared.map(parametersOf)),
    ...rowsOf("About", compared.map(factsOf), false),
    ...rowsOf(
      "Tags",
      compared.map(({ run }) => run.tags),
    ),
  ];
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

function rowsOf(group: CompareRow["group"], columns: readonly Values[], isSorted = true): CompareRow[] {
  const names = [...new Set(columns.flatMap((column) => Object.keys(column)))];
  if (isSorted) names.sort(order.compare);
  return names.map((name) => {
    const raw = columns.map((column) => column[name]);
    const numbers = raw.map(numberOf);
    const isNumeric = raw.every((value, index) => value === undefined || numbers[index] !== undefined);
    return {
      group,
      name,
      values: raw.map((value) =>
        value === undefined ? undefined : typeof value === "number" ? formatNumber(value) : String(value),
      ),
      numbers: isNumeric ? numbers : undefined,
      // 0.10 and 0.1 are one value, however they were logged.
      differs: new Set(raw.map((value, index) => (isNumeric ? numbers[index] : value))).size > 1,
    };
  });
}

const order = new Intl.Collator("en", { numeric: true });

/** Of texts too, for parameters are logged as texts. */
export function numberOf(value: string | number | boolean | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export const metricsOf = (run: Run): Record<string, number | undefined> =>
  Object.fromEntries(
    run.metrics.filter(isChart).map(({ name, last }) => [name, last === null ? undefined : Number(last)]),
  );

/** What was logged, what a sweep gave, and plain inputs. */
export function parametersOf({ run, job }: Compared): Record<string, string | number | boolean> {
  const inputs = Object.entries(job?.spec.inputs ?? {}).flatMap(([name, input]) =>
    input.kind === "literal" ? [[name, input.value] as const] : [],
  );
  return { ...Object.fromEntries(inputs), ...job?.spec.trial?.parameters, ...run.params };
}

function factsOf({ run, job }: Compared): Values {
  const facts: Record<string, string | undefined> = {
    state: job?.state ?? run.state,
    experiment: run.experimentName,
    created: formatTime(run.createdAt),
    took:
      job?.startedAt != null && job.endedAt !== null
        ? formatDuration(job.endedAt - job.startedAt)
        : undefined,
    command: job?.spec.command.source,
    code: job?.spec.code?.kind === "snapshot" ? job.spec.code.id.slice(0, 12) : undefined,
    environment: job ? environmentOf(job) : undefined,
    compute: job?.spec.compute.target,
    "git commit":
      run.properties["azureml.git.commit"]?.slice(0, 12) ??
      run.properties["mlflow.source.git.commit"]?.slice(0, 12),
    user: job?.createdBy,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function environmentOf({ spec: { environment } }: Job): string | undefined {
  if (environment.name !== undefined) return `${environment.name}:${environment.version ?? ""}`;
  return environment.image ?? (wantedPackages(environment).join(", ") || undefined);
}
