// Which of the compared runs belong together: by a parameter, a tag or their experiment, or as repetitions that differ
// in one parameter alone.
import { numberOf, parametersOf } from "./compare-rows.ts";
import type { Compared } from "./compare-rows.ts";

export interface RunGroup {
  label: string;
  runs: string[];
}

export interface GroupChoice {
  /** As it stands in the address: `experiment`, `param:rate`, `tag:team`, `but:seed`. */
  id: string;
  label: string;
}

/** What makes fewer groups than there are runs, and more than one. */
export function groupChoices(compared: readonly Compared[]): GroupChoice[] {
  const all = compared.map(membersOf);
  const params = namesOf(all.map((one) => one.params));
  const tags = namesOf(all.map((one) => one.run.tags)).filter((name) => !name.startsWith("mlflow."));
  const choices = [
    ...params
      .filter((name) => /seed|fold|repeat|trial/i.test(name))
      .map((name) => ({ id: `but:${name}`, label: `All parameters but ${name}` })),
    { id: "experiment", label: "Experiment" },
    ...params.map((name) => ({ id: `param:${name}`, label: name })),
    ...tags.map((name) => ({ id: `tag:${name}`, label: `Tag ${name}` })),
  ];
  return choices.filter(({ id }) => {
    const groups = groupMembers(all, id).length;
    return groups > 1 && groups < compared.length;
  });
}

const namesOf = (columns: readonly object[]): string[] =>
  [...new Set(columns.flatMap((column) => Object.keys(column)))].sort(order.compare);

const order = new Intl.Collator("en", { numeric: true });

/** A run with its parameters, which are put together once: there may be many choices. */
interface Member {
  run: Compared["run"];
  params: ReturnType<typeof parametersOf>;
}

const membersOf = (one: Compared): Member => ({ run: one.run, params: parametersOf(one) });

/** In the order of their values, numbers by size. None where the choice says nothing. */
export const groupRuns = (compared: readonly Compared[], choice: string): RunGroup[] =>
  groupMembers(compared.map(membersOf), choice);

function groupMembers(all: readonly Member[], choice: string): RunGroup[] {
  const at = choice.indexOf(":");
  const [kind, name] = at < 0 ? [choice, ""] : [choice.slice(0, at), choice.slice(at + 1)];
  const keyOf = keys[kind]?.(all, name);
  if (!keyOf) return [];
  const groups = Map.groupBy(all, (one) => JSON.stringify(keyOf(one)));
  return [...groups]
    .map(([key, members]) => ({ key: JSON.parse(key) as Key, runs: members.map(({ run }) => run.id) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ key, runs }) => ({ label: labelOf(key), runs }));
}

/** What runs of one group have alike: values with their names, which are left out where one alone is chosen. */
type Key = { name?: string; value: string }[];

const labelOf = (key: Key): string =>
  key.map(({ name, value }) => (name === undefined ? value : `${name} ${value}`)).join(", ") || "all";

function compareKeys(a: Key, b: Key): number {
  for (const [index, { value }] of a.entries()) {
    const other = b[index]!.value;
    const numbers = [numberOf(value), numberOf(other)] as const;
    const difference =
      numbers[0] !== undefined && numbers[1] !== undefined
        ? numbers[0] - numbers[1]
        : order.compare(value, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

const keys: Readonly<Record<string, (all: readonly Member[], name: string) => (one: Member) => Key>> = {
  experiment: () => (one) => [{ value: one.run.experimentName }],
  param: (_, name) => (one) => [{ value: textOf(one.params[name]) }],
  tag: (_, name) => (one) => [{ value: textOf(one.run.tags[name]) }],
  but: (all, name) => {
    const differing = namesOf(all.map(({ params }) => params)).filter(
      (param) => param !== name && new Set(all.map(({ params }) => textOf(params[param]))).size > 1,
    );
    return ({ params }) => differing.map((param) => ({ name: param, value: textOf(params[param]) }));
  },
};

/** 0.10 and 0.1 are one value, however they were logged. */
const textOf = (value: string | number | boolean | undefined): string =>
  value === undefined ? "none" : String(numberOf(value) ?? value);
