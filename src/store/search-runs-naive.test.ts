// The search in SQL against a plain reading of the same filter and order in memory, over random runs.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { createRandom } from "../../test/support/random.ts";
import { runGrammar } from "../core/search/grammar.ts";
import { parseFilter } from "../core/search/parse-filter.ts";
import type { Comparison } from "../core/search/parse-filter.ts";
import { parseOrder } from "../core/search/parse-order.ts";
import type { OrderKey } from "../core/search/parse-order.ts";
import { insertExperiment } from "./experiments.ts";
import { setLabels } from "./labels.ts";
import { appendPoints } from "./metrics.ts";
import { searchRuns } from "./search-runs.ts";
import type { Store } from "./store.ts";
import { findTrackedRun, insertTrackedRun, readTrackedRuns, setTrackedState } from "./tracked-runs.ts";

interface Run {
  id: string;
  name: string;
  start: number;
  end: number | undefined;
  metrics: Record<string, number>;
  params: Record<string, string>;
  tags: Record<string, string>;
}

const random = createRandom(20_261_121);
const below = (end: number): number => random.below(end);
const pick = <T>(list: readonly T[]): T => random.pick(list);
const chance = (probability: number): boolean => random.chance(probability);

const texts = ["a", "A", "ab", "b%", "x_y", "[a]", "*", "", "é", "ß"] as const;
const numbers = [-2, -0.5, 0, 1, 1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const some = <T>(keys: readonly string[], value: () => T): Record<string, T> =>
  Object.fromEntries(keys.filter(() => chance(0.7)).map((key) => [key, value()]));

const runs: Run[] = Array.from({ length: 80 }, (_, number) => ({
  id: `${below(1000)}-${number}`,
  name: pick(texts) + number,
  start: below(20),
  end: chance(0.5) ? below(20) : undefined,
  metrics: some(["m", "n", "k"], () => pick(numbers)),
  params: some(["p", "q"], () => pick(texts)),
  tags: some(["t", "u"], () => pick(texts)),
}));

let store: Store;
let experiment: string;

before(async () => {
  store = await openMemoryStore();
  await store.write(async (tx) => {
    experiment = await insertExperiment(tx, { name: "random", at: 1 });
    for (const { id, name, start, end, metrics, params, tags } of runs) {
      const run = { id, name, user: "u", experimentId: experiment, startedAt: start };
      await insertTrackedRun(tx, { ...run, parent: null, ofJob: null, at: 1 });
      if (end !== undefined) await setTrackedState(tx, id, { state: "Completed", endedAt: end });
      const { seq } = (await findTrackedRun(tx, id))!;
      for (const [key, value] of Object.entries(metrics)) {
        await appendPoints(tx, seq, key, [{ value, step: 0, at: 1 }]);
      }
      await setLabels(tx, id, "param", params);
      await setLabels(tx, id, "tag", tags);
    }
  });
});
after(() => store.close());

type Value = string | number | undefined;

function valueOf(run: Run, { entity, key }: { entity: string; key: string }): Value {
  if (entity === "metric") return run.metrics[key];
  if (entity === "param") return run.params[key];
  if (entity === "tag") return run.tags[key];
  const attributes: Record<string, Value> = {
    run_id: run.id,
    run_name: run.name,
    start_time: run.start,
    end_time: run.end,
    status: run.end === undefined ? "RUNNING" : "FINISHED",
  };
  return attributes[key];
}

function holds(run: Run, comparison: Comparison): boolean {
  const found = valueOf(run, comparison);
  const { operator, value } = comparison;
  if (operator === "IS NULL") return found === undefined;
  if (found === undefined) return false;
  if (operator === "IS NOT NULL") return true;
  const given = Number.isNaN(found) ? 0 : found;
  switch (operator) {
    case "=":
      return given === value;
    case "!=":
      return given !== value;
    case ">":
      return given > value!;
    case ">=":
      return given >= value!;
    case "<":
      return given < value!;
    case "<=":
      return given <= value!;
    case "IN":
      return (value as string[]).includes(String(given));
    case "NOT IN":
      return !(value as string[]).includes(String(given));
    default:
      return likePattern(String(value), operator === "ILIKE").test(String(given));
  }
}

function likePattern(pattern: string, ignoresCase: boolean): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${source}$`, ignoresCase ? "is" : "s");
}

/** Missing last in both directions, NaN before it; then the texts' bytes or the numbers. */
function compareBy({ ascending, ...key }: OrderKey) {
  const rank = (value: Value) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  return (a: Run, b: Run): number => {
    const [x, y] = [valueOf(a, key), valueOf(b, key)];
    if (rank(x) !== rank(y)) return rank(x) - rank(y);
    if (rank(x) > 0) return 0;
    const order =
      typeof x === "string"
        ? Buffer.compare(Buffer.from(x), Buffer.from(String(y)))
        : Math.sign(Number(x) - Number(y)) || 0;
    return ascending ? order : -order;
  };
}

function searchInMemory(filter: readonly Comparison[], order: readonly OrderKey[]): string[] {
  const keys = [
    ...order,
    { entity: "attribute", key: "start_time", ascending: false },
    { entity: "attribute", key: "run_id", ascending: true },
  ] as OrderKey[];
  const found = runs.filter((run) => filter.every((comparison) => holds(run, comparison)));
  return found
    .toSorted((a, b) => keys.reduce((known, key) => known || compareBy(key)(a, b), 0))
    .map(({ id }) => id);
}

const quoted = (text: string): string => `'${text}'`;

function randomComparison(): string {
  switch (below(4)) {
    case 0: {
      const number = pick(numbers.filter(Number.isFinite));
      return `metrics.${pick(["m", "n", "nope"])} ${pick(["=", "!=", ">", ">=", "<", "<="])} ${number}`;
    }
    case 1: {
      const key = pick(["params.p", "params.q", "tags.t", "tags.u", "tags.nope"]);
      if (chance(0.3)) return `${key} ${pick(["IS NULL", "IS NOT NULL"])}`;
      return `${key} ${pick(["=", "!=", "LIKE", "ILIKE"])} ${quoted(pick([...texts, "%", "_", "a%", "%B%"]))}`;
    }
    case 2:
      return `${pick(["start_time", "end_time"])} ${pick(["=", "!=", ">", ">=", "<", "<="])} ${below(20)}`;
    default:
      return pick([
        `status = 'FINISHED'`,
        `run_name LIKE ${quoted(pick(["a%", "%1", "_"]))}`,
        `run_id ${pick(["IN", "NOT IN"])} (${quoted(pick(runs).id)}, ${quoted(pick(runs).id)})`,
      ]);
  }
}

const randomOrder = (): string[] => {
  const all = [
    "metrics.m",
    "metrics.n",
    "params.p",
    "tags.t",
    "start_time",
    "end_time",
    "run_name",
    "status",
  ];
  return Array.from(new Set([pick(all), pick(all), pick(all)]))
    .slice(0, below(4))
    .map((key) => key + pick(["", " ASC", " DESC"]));
};

it("Three hundred random searches find what a plain reading finds, in pages of any size", async () => {
  let matches = 0;
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: below(4) }, randomComparison).join(" AND ");
    const filter = parseFilter(text, runGrammar);
    const clauses = randomOrder();
    const order = parseOrder(clauses, runGrammar);
    const expected = searchInMemory(filter, order);
    const limit = 1 + below(60);
    const found: string[] = [];
    let token: string | undefined;
    do {
      const search = { experiments: [experiment], filter, order, view: "active", limit, token } as const;
      const page = await searchRuns(store.db, search);
      found.push(...(await readTrackedRuns(store.db, page.seqs)).map(({ id }) => id));
      token = page.next;
    } while (token !== undefined);

    assert.deepEqual(found, expected, `${text} ORDER BY ${clauses.join(", ")} in pages of ${limit}`);
    matches += found.length;
  }
  assert.ok(matches > 1000, "the searches find something");
});
