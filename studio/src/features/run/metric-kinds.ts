// Which page of a run shows which kind of metric.
import type { MetricSummary } from "../../api/run-queries.ts";

/** As MLflow's clients name what they sample of the machine. */
export const systemPrefix = "system/";

export const isSystem = ({ name, kind }: MetricSummary): boolean =>
  kind === "scalar" && name.startsWith(systemPrefix);
export const isChart = (metric: MetricSummary): boolean => metric.kind === "scalar" && !isSystem(metric);
export const isImage = ({ kind }: MetricSummary): boolean => kind === "image";
export const isTable = ({ kind }: MetricSummary): boolean => kind !== "scalar" && kind !== "image";
