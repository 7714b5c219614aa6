// The figures as lines for the terminal and as tables in bench/README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMet, median, ratioOf } from "./benchmark.ts";
import type { Benchmark, Comparison, Target } from "./benchmark.ts";

const page = join(import.meta.dirname, "README.md");

export function describeComparison(comparison: Comparison): string {
  const { what, peer } = comparison;
  const ratio = ratioOf(comparison);
  return [
    `${what}: ${oursOf(comparison)}`,
    ...(peer ? [`${peer.name} ${show(median(peer.samples), comparison.unit)}`] : []),
    ...(ratio === undefined ? [] : [`ratio ${round(ratio)}`]),
    ...(comparison.target ? [verdictOf(comparison)] : []),
  ].join("; ");
}

export const writeFigures = (benchmark: Benchmark, comparisons: Comparison[], machine: string): void =>
  writeSection(benchmark.name, sectionOf(benchmark, comparisons, machine));

/** Replaces one benchmark's part of the page and leaves the others' as they are. */
export function writeSection(name: string, section: string): void {
  const begin = `<!-- figures: ${name} -->`;
  const end = `<!-- end: ${name} -->`;
  const text = readFileSync(page, "utf8");
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const part = `${begin}\n${section}\n${end}`;
  const changed =
    from < 0 || to < from
      ? `${text.trimEnd()}\n\n${part}\n`
      : text.slice(0, from) + part + text.slice(to + end.length);
  writeFileSync(page, changed);
}

function sectionOf({ name, about }: Benchmark, comparisons: Comparison[], machine: string): string {
  const rows = comparisons.map((comparison) => {
    const { what, peer, unit } = comparison;
    const ratio = ratioOf(comparison);
    const cells = [
      what,
      oursOf(comparison),
      peer?.name ?? "",
      peer ? show(median(peer.samples), unit) : "",
      ratio === undefined ? "" : round(ratio),
      comparison.target ? verdictOf(comparison) : "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `### ${name}`,
    "",
    `${about}. ${machine}`,
    "",
    "| what | Trainyard | peer | peer's figure | ratio | target |",
    "| --- | ---: | --- | ---: | ---: | --- |",
    ...rows,
  ].join("\n");
}

function oursOf({ ours, unit }: Comparison): string {
  const spread =
    ours.length > 1 ? ` (${show(Math.min(...ours), unit)} to ${show(Math.max(...ours), unit)})` : "";
  return show(median(ours), unit) + spread;
}

function verdictOf(comparison: Comparison): string {
  const { target, unit } = comparison;
  return `${isMet(comparison) ? "met" : "MISSED"}: ${target ? showTarget(target, unit) : ""}`;
}

function showTarget(
  { most, least, mostRatio, mostAbovePeer, leastRatio }: Target,
  unit: Comparison["unit"],
): string {
  return [
    ...(most === undefined ? [] : [`≤ ${show(most, unit)}`]),
    ...(least === undefined ? [] : [`≥ ${show(least, unit)}`]),
    ...(mostRatio === undefined ? [] : [`≤ ${mostRatio} times the peer`]),
    ...(mostAbovePeer === undefined ? [] : [`≤ the peer and ${show(mostAbovePeer, unit)}`]),
    ...(leastRatio === undefined ? [] : [`≥ ${leastRatio} times the peer`]),
  ].join(" and ");
}

function show(value: number, unit: Comparison["unit"]): string {
  if (unit === "ms" && value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (unit === "ms" && value < 10) return `${value.toFixed(1)} ms`;
  if (unit === "s" && value < 10) return `${value.toFixed(1)} s`;
  if (unit === "per second" || unit === "per minute")
    return `${Math.round(value).toLocaleString("en")} ${unit}`;
  if (unit === "times") return `${round(value)} times`;
  if (unit === "%") return `${value.toFixed(2)} %`;
  return `${Math.round(value)} ${unit}`;
}

const round = (ratio: number): string => (ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2));
