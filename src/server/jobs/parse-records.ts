// Lines of a record stream → records. A line that is none is counted and left out: metrics never fail a job.
import { metricKinds } from "../../core/metric.ts";
import type { RunRecord } from "../../core/metric.ts";
import { nestsTooDeep } from "../http/json-depth.ts";

const maxNameLength = 1000;

export function parseRecords(text: string): { records: RunRecord[]; skipped: number } {
  const records: RunRecord[] = [];
  let skipped = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const record = parseRecord(line);
    if (record) records.push(record);
    else skipped++;
  }
  return { records, skipped };
}

function parseRecord(line: string): RunRecord | undefined {
  if (nestsTooDeep(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

// By hand, because a schema library costs ten times as much, and a job may log a million points.
function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  const named = typeof record["n"] === "string" && record["n"] !== "" && record["n"].length <= maxNameLength;
  switch (record["t"]) {
    case "m":
      return named && isNumber(record["v"]) && isStep(record["s"]) && isTime(record["at"]);
    case "x":
      return (
        named &&
        record["k"] !== "scalar" &&
        (metricKinds as readonly unknown[]).includes(record["k"]) &&
        record["v"] !== undefined &&
        isStep(record["s"]) &&
        isTime(record["at"])
      );
    case "p":
    case "r":
      return named && typeof record["v"] === "string";
    case "g":
      return named && (typeof record["v"] === "string" || record["v"] === null);
    case "d":
    case "e":
      return typeof record["v"] === "string";
    default:
      return false;
  }
}

const isNumber = (value: unknown): boolean =>
  typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
const isStep = (value: unknown): boolean =>
  value === undefined || (typeof value === "number" && Number.isFinite(value));
const isTime = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value);
