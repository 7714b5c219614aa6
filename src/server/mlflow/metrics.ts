// The history of metrics on MLflow's wire.
import { toWireNumber } from "../../core/metric.ts";
import { readHistory, sampleHistory } from "../../store/metric-history.ts";
import type { HistoryKey, HistoryPoint } from "../../store/metric-history.ts";
import { invalid } from "./error.ts";
import {
  missingField,
  optionalInteger,
  optionalText,
  pageSize,
  requiredText,
  runIdOf,
  textsOf,
} from "./fields.ts";
import type { Fields } from "./fields.ts";
import type { MlflowRoute, Subject } from "./route.ts";
import { readingRun } from "./runs.ts";

const mostRuns = 100;
const largestPage = 25_000;

const show = (key: string, withRun: boolean) => (point: HistoryPoint) => ({
  key,
  value: toWireNumber(point.value),
  timestamp: point.at,
  step: point.step,
  ...(withRun && { run_id: point.run }),
});

const runsIn = (fields: Fields): string[] => [...textsOf(fields, "run_ids"), ...textsOf(fields, "run_id")];
const ofRuns = (fields: Fields): Subject => ({ runs: runsIn(fields), act: "read" });

const answer = (metrics: object[], next?: string) => ({
  ...(metrics.length > 0 && { metrics }),
  ...(next !== undefined && { next_page_token: next }),
});

/** A key as text: its value may be infinite or NaN. */
const writeAfter = ([at, step, value, idx]: HistoryKey): string => [at, step, value ?? "NaN", idx].join("_");

function readAfter(token: string | undefined): HistoryKey | undefined {
  if (token === undefined || token === "") return undefined;
  const parts = token.split("_");
  const [at = Number.NaN, step = Number.NaN, value = Number.NaN, idx = Number.NaN] = parts.map(Number);
  const isValue = parts[2] === "NaN" || (parts[2] !== "" && !Number.isNaN(value));
  if (parts.length === 4 && [at, step, idx].every(Number.isSafeInteger) && isValue) {
    return [at, step, Number.isNaN(value) ? null : value, idx];
  }
  throw invalid("Invalid page token: it is not one that this server gave out");
}

export const metricRoutes: readonly MlflowRoute[] = [
  {
    methods: ["GET"],
    path: "/metrics/get-history",
    reach: readingRun,
    async handle({ context: { store }, fields }) {
      const key = requiredText(fields, "metric_key");
      const { points, next } = await readHistory(store.db, runIdOf(fields), key, {
        limit: Math.min(pageSize(fields, largestPage, Number.MAX_SAFE_INTEGER), largestPage),
        after: readAfter(optionalText(fields, "page_token")),
      });
      return answer(points.map(show(key, false)), next && writeAfter(next));
    },
  },
  {
    methods: ["GET"],
    path: "/metrics/get-history-bulk",
    reach: ofRuns,
    async handle({ context: { store }, fields }) {
      const runs = runsIn(fields);
      if (runs.length === 0) throw invalid("GetMetricHistoryBulk request must specify at least one run_id.");
      if (runs.length > mostRuns) {
        throw invalid(
          `GetMetricHistoryBulk request cannot specify more than ${mostRuns} run_ids. Received ${runs.length} run_ids.`,
        );
      }
      const key = optionalText(fields, "metric_key");
      if (!key) throw invalid("GetMetricHistoryBulk request must specify a metric_key.");
      let left = Math.min(pageSize(fields, largestPage, Number.MAX_SAFE_INTEGER), largestPage);
      const points: HistoryPoint[] = [];
      for (const run of runs.toSorted()) {
        if (left === 0) break;
        const page = await readHistory(store.db, run, key, { limit: left });
        points.push(...page.points);
        left -= page.points.length;
      }
      return answer(points.map(show(key, true)));
    },
  },
  {
    methods: ["GET"],
    path: "/metrics/get-history-bulk-interval",
    reach: ofRuns,
    async handle({ context: { store }, fields }) {
      const runs = runsIn(fields);
      if (runs.length === 0) throw missingField("run_ids");
      if (runs.length > mostRuns) {
        throw invalid(
          `GetMetricHistoryBulkInterval request must specify at most ${mostRuns} run_ids. Received ${runs.length} run_ids.`,
        );
      }
      const key = requiredText(fields, "metric_key");
      const start = optionalInteger(fields, "start_step");
      const end = optionalInteger(fields, "end_step");
      if ((start === undefined) !== (end === undefined)) {
        throw invalid("If either start step or end step are specified, both must be specified.");
      }
      if (start !== undefined && end !== undefined && start > end) {
        throw invalid("end_step must be greater than start_step.");
      }
      const most = optionalInteger(fields, "max_results") ?? 2500;
      if (most < 1 || most > 2500) throw invalid("max_results must be between 1 and 2500.");
      const points = await sampleHistory(store.db, runs, key, { start, end, most });
      return answer(points.map(show(key, true)));
    },
  },
];
