// The table of runs.
import type { z } from "zod";
import type { readRunTable } from "../../api/run-table.ts";
import { toWireOrNull } from "../../core/metric.ts";
import { parseFilter } from "../../core/search/parse-filter.ts";
import type { Comparison } from "../../core/search/parse-filter.ts";
import { parseOrder } from "../../core/search/parse-order.ts";
import { tableGrammar } from "../../core/search/table-grammar.ts";
import {
  idsOfExperiments,
  readLabelCells,
  readMetricCells,
  readRunKeys,
  readRunRows,
  readSparklines,
} from "../../store/run-table.ts";
import { countRuns, searchRuns } from "../../store/search-runs.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";

type Selection = Pick<
  z.output<typeof readRunTable.body>,
  "experiments" | "filter" | "states" | "parent" | "view" | "runs"
>;

export function runTableRoutes({
  store: { db },
}: ServerContext): SomeHandlers<"readRunTable" | "countRuns" | "listRunKeys" | "readSparklines"> {
  return {
    async readRunTable({ body }) {
      const { seqs, next } = await searchRuns(db, {
        ...(await searchOf(db, body)),
        order: parseOrder(body.orderBy, tableGrammar),
        limit: body.limit,
        token: body.pageToken,
      });
      const rows = await readRunRows(db, seqs);
      const ids = rows.map(({ id }) => id);
      const { metrics, minima, maxima, params, tags } = body.columns;
      const metric = await readMetricCells(db, seqs, [...metrics, ...minima, ...maxima]);
      const param = await readLabelCells(db, ids, "param", params);
      const tag = await readLabelCells(db, ids, "tag", tags);
      return {
        rows: rows.map(({ seq, archived, ...row }) => ({
          ...row,
          archived: archived === 1,
          metrics: metrics.map((name) => toWireOrNull(metric(seq, name)?.last)),
          minima: minima.map((name) => toWireOrNull(metric(seq, name)?.min)),
          maxima: maxima.map((name) => toWireOrNull(metric(seq, name)?.max)),
          params: params.map((key) => param(row.id, key)),
          tags: tags.map((key) => tag(row.id, key)),
        })),
        next: next ?? null,
      };
    },

    countRuns: async ({ body }) => ({ runs: await countRuns(db, await searchOf(db, body)) }),

    listRunKeys: async ({ body }) => readRunKeys(db, await experimentsOf(db, body.experiments)),

    async readSparklines({ body: { runs, metric, points } }) {
      const lines = await readSparklines(db, runs, metric, points);
      return { lines: [...lines].map(([run, values]) => ({ run, values: values.map(drawable) })) };
    },
  };
}

/** JSON has no infinities, and no curve goes there. */
const drawable = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

const views = { active: "active", archived: "deleted", all: "all" } as const;

async function searchOf(db: Db, { experiments, filter, states, parent, view, runs }: Selection) {
  const among = (key: string, value: readonly string[] | undefined): Comparison[] =>
    value === undefined ? [] : [{ entity: "attribute", key, operator: "IN", value }];
  const under: Comparison[] =
    parent === undefined
      ? []
      : parent === null
        ? [{ entity: "attribute", key: "parent", operator: "IS NULL", value: null }]
        : [{ entity: "attribute", key: "parent", operator: "=", value: parent }];
  return {
    experiments: await experimentsOf(db, experiments),
    filter: [
      ...parseFilter(filter, tableGrammar),
      ...among("state", states),
      ...under,
      ...among("run_id", runs),
    ],
    view: views[view],
  };
}

const experimentsOf = async (
  db: Db,
  names: readonly string[] | undefined,
): Promise<readonly string[] | "all"> => (names === undefined ? "all" : idsOfExperiments(db, names));
