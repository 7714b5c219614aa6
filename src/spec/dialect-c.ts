// Dialects B and C
import type { JobSpec } from "../core/job-spec.ts";
import type { MapPlace, Reading } from "./read.ts";
export function readDialectC(
  _root: MapPlace,
  _dialect: "B" | "C",
  _experiment: string,
  _reading: Reading,
): JobSpec | undefined {
  return undefined;
}
