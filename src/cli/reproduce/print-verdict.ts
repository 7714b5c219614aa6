// The verdict of `job reproduce` as a person reads it.
import { renderTable } from "../print/table.ts";
import type { TableColumns } from "../print/table.ts";
import type { Comparison } from "./compare-runs.ts";

export interface Verdict extends Comparison {
  environment: {
    summary: string;
    /** Packages that only one of the two environments had; absent when that is not known. */
    differences?: string[];
  };
}

const mostRows = 50;

export function renderVerdict(verdict: Verdict): string {
  const { original, rerun, tolerance, state, metrics, params, outputs, environment } = verdict;
  const within = tolerance > 0 ? ` within ${tolerance}` : "";
  const isIdentical = verdict.verdict === "Identical";
  const headline = isIdentical
    ? `Identical${within}: ${rerun} repeats ${original}.`
    : `Different: ${rerun} does not repeat ${original}.`;
  const packages = environment.differences ?? [];
  const lines = [
    headline,
    "",
    `  state        ${state.same ? state.original : `${state.original}, then ${state.rerun}`}`,
    `  metrics      ${count(metrics.compared, "series", "series")}, ${count(metrics.points, "value", "values")}: ${outcome(metrics.differences, within)}`,
    `  params       ${params.compared}: ${outcome(params.differences)}`,
    `  outputs      ${count(outputs.compared, "file", "files")}: ${outcome(outputs.differences)}`,
    `  environment  ${environment.summary}${packages.length > 0 ? `; ${packages.length} packages differ` : ""}`,
  ];
  const tables = [
    table("Metrics", metrics.differences, metricColumns),
    table("Params", params.differences, textColumns("Param", "name")),
    table("Outputs (SHA-256)", outputs.differences, textColumns("File", "path")),
    packages.length === 0
      ? ""
      : `\nPackages (- then, + now)\n  ${packages.slice(0, mostRows).join("\n  ")}\n`,
  ];
  return `${lines.join("\n")}\n${tables.join("")}`;
}

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

const outcome = (differences: readonly unknown[], within = ""): string =>
  differences.length === 0
    ? `identical${within}`
    : `${differences.length} ${differences.length === 1 ? "differs" : "differ"}`;

function table(title: string, rows: readonly object[], columns: TableColumns): string {
  if (rows.length === 0) return "";
  const rest = rows.length - mostRows;
  const text = renderTable(rows.slice(0, mostRows), columns);
  return `\n${title}\n${text}${rest > 0 ? `… and ${rest} more; -o json has them all\n` : ""}`;
}

const metricColumns: TableColumns = [
  { title: "Metric", of: (row) => row["metric"] },
  { title: "Difference", of: (row) => row["what"] },
  { title: "First at", of: (row) => row["index"] },
  { title: "Original", of: (row) => short(row["original"]) },
  { title: "Rerun", of: (row) => short(row["rerun"]) },
  { title: "Largest", of: (row) => row["largest_difference"] },
  { title: "At", of: (row) => row["largest_at"] },
];

const textColumns = (title: string, key: string): TableColumns => [
  { title, of: (row) => row[key] },
  { title: "Original", of: (row) => short(row["original"] ?? "(missing)") },
  { title: "Rerun", of: (row) => short(row["rerun"] ?? "(missing)") },
];

function short(value: unknown): unknown {
  if (value === null || value === undefined) return value === null ? "(none)" : undefined;
  const text = typeof value === "object" ? JSON.stringify(value) : value;
  return typeof text === "string" && text.length > 64 ? `${text.slice(0, 63)}…` : text;
}
