// What early termination saves and what it costs, on 1,000 recorded learning curves. Usage: node bench/stoppers.ts
import type { EarlyTermination } from "../src/core/sweep.ts";
import { describeMachine } from "./machine.ts";
import { atOnce, readCurves, replay, replayPlainly, rules } from "./replay.ts";
import { writeSection } from "./table.ts";

const goal = "maximize";
const curves = readCurves(goal);
const plain = replayPlainly(curves, rules, goal);
const all = curves.reduce((sum, curve) => sum + curve.length, 0);
const best = (rows: readonly (readonly number[])[]) =>
  rows.flat().reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);

const rows = rules.map((rule, index) => {
  const stopped = replay(curves, rule, goal);
  const different = stopped.filter((interval, trial) => interval !== plain[index]![trial]).length;
  const run = curves.map((curve, trial) => curve.slice(0, stopped[trial] || curve.length));
  const spent = run.reduce((sum, curve) => sum + curve.length, 0);
  const ended = stopped.filter((interval) => interval > 0).length;
  const cells = [
    describe(rule),
    `${ended}`,
    `${((1 - spent / all) * 100).toFixed(1)} %`,
    percent(best(run)),
    `${different} of ${curves.length}`,
  ];
  return `| ${cells.join(" | ")} |`;
});

const section = [
  "### stoppers",
  "",
  `\`node bench/stoppers.ts\`: ${curves.length} learning curves of small networks that were really trained (bench/learning_curves.py: scikit-learn's digits, random hyperparameters, validation accuracy after each of ${curves[0]!.length} epochs), played again ${atOnce} at a time under each rule. Without a rule the best is ${percent(best(curves))}. The last column counts trials that end elsewhere than by the independent reading of the rules in bench/stoppers_plain.py. ${await describeMachine()}`,
  "",
  "| rule | trials stopped | epochs saved | best found | decided otherwise |",
  "| --- | ---: | ---: | ---: | ---: |",
  ...rows,
].join("\n");
writeSection("stoppers", section);
console.log(section);

function describe({ type, ...settings }: EarlyTermination): string {
  const given = Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`);
  return `${type}: ${given.join(", ")}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
