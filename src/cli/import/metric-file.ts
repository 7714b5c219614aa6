// A metric of MLflow's file store: a line a point, `time value step`, and sometimes the dataset after them.
import type { PointColumns } from "../../api/digest-points.ts";

export interface MetricLine {
  at: number;
  value: number;
  step: number;
  /** The words after the step. */
  rest: string[];
}

/** Lines that hold no point are told and left out. */
export function readMetricLines(
  text: string,
  onFault: (line: number, content: string) => void,
): MetricLine[] {
  const lines: MetricLine[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const [at = "", value = "", step = "0", ...rest] = line.trim().split(" ");
    const point = { at: Math.trunc(Number(at)), value: numberOf(value), step: Number(step), rest };
    if (
      Number.isSafeInteger(point.at) &&
      point.at >= 0 &&
      point.value !== undefined &&
      Number.isSafeInteger(point.step)
    ) {
      lines.push({ ...point, value: point.value });
    } else onFault(index + 1, line);
  }
  return lines;
}

export const columnsOf = (lines: readonly MetricLine[]): PointColumns => ({
  at: lines.map((line) => line.at),
  steps: lines.map((line) => line.step),
  values: lines.map((line) => line.value),
});

/** As Python prints numbers. */
function numberOf(word: string): number | undefined {
  if (/^[+-]?nan$/i.test(word)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(word);
  return word === "" || Number.isNaN(number) ? undefined : number;
}
