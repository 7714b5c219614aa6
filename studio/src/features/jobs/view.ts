// The view of the jobs page: what its address says, and the request that this makes.
import type { z } from "zod";
import type { listRunKeys, readRunTable, runRowSchema } from "../../../../src/api/run-table.ts";
import type { JobState } from "../../../../src/core/job.ts";

export type RunRow = z.output<typeof runRowSchema>;
export type RunKeys = z.output<typeof listRunKeys.response>;
export type TableRequest = z.input<typeof readRunTable.body>;

/** States as people look for them. */
export const stateGroups = {
  waiting: ["NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Paused"],
  running: ["Running", "Finalizing", "CancelRequested", "NotResponding"],
  completed: ["Completed"],
  failed: ["Failed"],
  canceled: ["Canceled"],
} as const satisfies Record<string, readonly JobState[]>;
export type StateGroup = keyof typeof stateGroups;
export const stateGroupNames = Object.keys(stateGroups) as StateGroup[];

/** All of it stands in the address; what is not there is as it is at first. */
export interface JobsView {
  experiment?: string[];
  filter?: string;
  state?: StateGroup[];
  /** `metrics.loss desc` */
  sort?: string;
  /** `state`, `metrics.loss`, `min.loss`, `params.rate`, `tags.team`, … */
  columns?: string[];
  /** The metric that is drawn small; "" for none. */
  curve?: string;
  group?: "experiment";
  /** Experiments whose rows are folded away while grouped. */
  folded?: string[];
  /** Children as rows of their own. */
  flat?: boolean;
  archived?: boolean;
}

const textsOf = (value: unknown): string[] | undefined => {
  const texts = (Array.isArray(value) ? value : [value]).filter(
    (one): one is string => typeof one === "string",
  );
  return texts.length > 0 ? texts : undefined;
};

/** What an address says, without what makes no sense. */
export function readView(search: Record<string, unknown>): JobsView {
  const experiment = textsOf(search["experiment"]);
  const state = textsOf(search["state"])?.filter((one): one is StateGroup => one in stateGroups);
  const columns = Array.isArray(search["columns"]) ? (textsOf(search["columns"]) ?? []) : undefined;
  const folded = textsOf(search["folded"]);
  const text = (key: string) => (typeof search[key] === "string" ? search[key] : undefined);
  const filter = text("filter");
  const sort = text("sort");
  const curve = text("curve");
  return {
    ...(experiment && { experiment }),
    ...(filter && { filter }),
    ...(state && state.length > 0 && { state }),
    ...(sort && { sort }),
    ...(columns && { columns }),
    ...(curve !== undefined && { curve }),
    ...(search["group"] === "experiment" && { group: "experiment" as const }),
    ...(folded && { folded }),
    ...(search["flat"] === true && { flat: true }),
    ...(search["archived"] === true && { archived: true }),
  };
}

export interface Sort {
  key: string;
  ascending: boolean;
}

export const defaultSort: Sort = { key: "start_time", ascending: false };

export function sortOf({ sort }: JobsView): Sort {
  const match = /^(.*?)(?: (asc|desc))?$/i.exec(sort ?? "");
  const key = match?.[1];
  if (!key) return defaultSort;
  return { key, ascending: match[2]?.toLowerCase() !== "desc" };
}

const builtIn = ["state", "experiment", "start_time", "duration", "user_id"];

/** Of what there is, a few that most people look for first. */
export function columnsOf(view: JobsView, keys: RunKeys): string[] {
  if (view.columns) return view.columns;
  const shown = (names: readonly string[], prefix: string, most: number) =>
    names
      .filter((name) => !/^(system\/|mlflow\.)/.test(name))
      .slice(0, most)
      .map((name) => `${prefix}.${name}`);
  // What all rows have alike says nothing.
  const isOne = view.group !== undefined || view.experiment?.length === 1;
  return [
    ...builtIn.slice(0, 4).filter((column) => !isOne || column !== "experiment"),
    ...shown(keys.metrics, "metrics", 3),
    ...shown(keys.params, "params", 3),
    "user_id",
  ];
}

export const isBuiltIn = (column: string): boolean => builtIn.includes(column);
export const builtInColumns: readonly string[] = builtIn;

/** Which metric is drawn small: the one chosen, else a loss, else the first. */
export function curveOf(view: JobsView, keys: RunKeys): string | undefined {
  if (view.curve !== undefined) return view.curve === "" ? undefined : view.curve;
  return (
    keys.metrics.find((name) => name === "loss") ??
    keys.metrics.find((name) => /loss/i.test(name)) ??
    keys.metrics[0]
  );
}

/** Kinds of columns beside the built-in ones, by the word that their names begin with in addresses and filters. */
const kinds = { metrics: "metrics", min: "minima", max: "maxima", params: "params", tags: "tags" } as const;
export type ColumnKind = (typeof kinds)[keyof typeof kinds];

const ofKind = /^(metrics|min|max|params|tags)\.(.+)$/s;

/** `min.a b` → ["minima", "a b"]. */
export function splitColumn(column: string): [ColumnKind, string] | undefined {
  const match = ofKind.exec(column);
  return match ? [kinds[match[1] as keyof typeof kinds], match[2]!] : undefined;
}

/** As a filter names it: `min.a b` → min.`a b`. */
const quotedKey = (column: string): string => column.replace(ofKind, "$1.`$2`");

export const isNumeric = (kind: ColumnKind): boolean => kind !== "params" && kind !== "tags";

/** What is looked for narrows the runs: then children stand by themselves, wherever their parents are. */
export const isTree = (view: JobsView): boolean => !view.flat && !view.filter && !view.state;

export function requestOf(
  view: JobsView,
  columns: readonly string[],
  allExperiments: readonly string[],
): TableRequest {
  const sort = sortOf(view);
  // The value that is sorted by comes along, so that new rows find their place.
  const wanted = [...new Set([...columns, sort.key])].flatMap((column) => {
    const parts = splitColumn(column);
    return parts ? [parts] : [];
  });
  const of = (kind: ColumnKind) => wanted.flatMap(([one, name]) => (one === kind ? [name] : []));
  const folded = view.group ? (view.folded ?? []) : [];
  const experiments =
    folded.length > 0
      ? (view.experiment ?? allExperiments).filter((name) => !folded.includes(name))
      : view.experiment;
  return {
    ...(experiments && { experiments: [...experiments] }),
    filter: view.filter ?? "",
    ...(view.state && { states: view.state.flatMap((group) => [...stateGroups[group]]) }),
    ...(isTree(view) && { parent: null }),
    view: view.archived ? "archived" : "active",
    orderBy: [
      ...(view.group && sort.key !== "experiment" ? ["experiment ASC"] : []),
      `${quotedKey(sort.key)} ${sort.ascending ? "ASC" : "DESC"}`,
    ],
    columns: {
      metrics: of("metrics"),
      minima: of("minima"),
      maxima: of("maxima"),
      params: of("params"),
      tags: of("tags"),
    },
  };
}
