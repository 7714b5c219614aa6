// What is compared and how it is looked at, as it stands in the address.
import { readChartSearch } from "../metrics/chart-search.ts";
import type { ChartSearch } from "../metrics/chart-search.ts";
import { bands } from "../metrics/mean-line.ts";
import type { Band } from "../metrics/mean-line.ts";

export const views = ["values", "charts", "relations", "code"] as const;
export type View = (typeof views)[number];

export interface CompareSearch extends Omit<ChartSearch, "with"> {
  /** Names of runs, by commas. */
  runs?: string;
  view?: View;
  /** Also what is the same in all. */
  same?: true;
  /** The metric that relations are drawn to. */
  metric?: string;
  goal?: "maximize" | "minimize";
  /** Runs that are drawn as one line: group-runs.ts. */
  group?: string;
  /** What is drawn around the mean of a group. */
  band?: Band;
  /** Which two are compared by their code. */
  before?: string;
  after?: string;
  file?: string;
  environment?: true;
}

export function readCompareSearch(search: Record<string, unknown>): CompareSearch {
  const { with: _, ...charts } = readChartSearch(search);
  const runs = runsOf(search["runs"]);
  const view = views.find((one) => one === search["view"]);
  const text = (key: string) =>
    typeof search[key] === "string" && search[key] !== "" ? { [key]: search[key] } : {};
  const goal = (["maximize", "minimize"] as const).find((one) => one === search["goal"]);
  const band = bands.find((one) => one === search["band"]);
  return {
    ...charts,
    ...(runs.length > 0 && { runs: runs.join(",") }),
    ...(view && view !== "values" && { view }),
    ...(search["same"] === true && { same: true as const }),
    ...(goal && { goal }),
    ...text("metric"),
    ...text("group"),
    ...(band && band !== "deviation" && { band }),
    ...text("before"),
    ...text("after"),
    ...text("file"),
    ...(search["environment"] === true && { environment: true as const }),
  };
}

/** Each once, in their order. A run may be named by digits alone, which an address reads as a number. */
export function runsOf(given: unknown): string[] {
  const list = Array.isArray(given)
    ? given.map(String)
    : typeof given === "string" || typeof given === "number"
      ? String(given).split(",")
      : [];
  return [...new Set(list.map((name) => name.trim()).filter((name) => name !== ""))];
}
