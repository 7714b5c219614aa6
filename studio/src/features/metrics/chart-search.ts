// How charts are looked at, as it stands in the address: whoever is given the address sees the same.
import { axes } from "./curve.ts";
import type { Axis } from "./curve.ts";
import type { ChartView } from "./chart-card.tsx";

export interface ChartSearch {
  /** Other runs drawn over this one, by name. */
  with?: string[];
  filter?: string;
  x?: Axis;
  smooth?: number;
  logx?: true;
  logy?: true;
  /** Training and validation in one chart. */
  join?: true;
  from?: number;
  to?: number;
}

export function readChartSearch(search: Record<string, unknown>): ChartSearch {
  const others = search["with"];
  const named = (Array.isArray(others) ? (others as unknown[]) : textOf(others).split(","))
    .map(textOf)
    .filter((one) => one !== "");
  const axis = axes.find((one) => one === search["x"]);
  const { smooth, from, to } = search;
  const filter = textOf(search["filter"]);
  return {
    ...(named.length > 0 && { with: named }),
    ...(filter !== "" && { filter }),
    ...(axis && axis !== "step" && { x: axis }),
    ...(typeof smooth === "number" && smooth > 0 && smooth < 1 && { smooth }),
    ...(search["logx"] === true && { logx: true as const }),
    ...(search["logy"] === true && { logy: true as const }),
    ...(search["join"] === true && { join: true as const }),
    ...(typeof from === "number" && typeof to === "number" && from < to && { from, to }),
  };
}

/** What looks like a number in an address is read as one. */
const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

export const viewOf = ({ x = "step", smooth = 0, logx, logy, from, to }: ChartSearch): ChartView => ({
  axis: x,
  smoothing: smooth,
  isLogX: logx ?? false,
  isLogY: logy ?? false,
  window: from === undefined || to === undefined ? undefined : { from, to },
});
