// Runs on MLflow's wire: made, read, ended, deleted, searched.
import { randomUUID } from "node:crypto";
import { isFinal } from "../../core/job.ts";
import type { JobState } from "../../core/job.ts";
import { runGrammar } from "../../core/search/grammar.ts";
import { parseFilter } from "../../core/search/parse-filter.ts";
import { parseOrder } from "../../core/search/parse-order.ts";
import { newJobName } from "../../lib/ids.ts";
import { emptyLabels, setLabels } from "../../store/labels.ts";
import { runStatuses, stateOfStatus } from "../../store/run-status.ts";
import type { RunStatus } from "../../store/run-status.ts";
import { describeRun, setArchived } from "../../store/runs.ts";
import { searchRuns } from "../../store/search-runs.ts";
import type { Db } from "../../store/store.ts";
import { recordEvent } from "../../store/events.ts";
import { findTrackedRun, insertTrackedRun, setTrackedState } from "../../store/tracked-runs.ts";
import type { TrackedRun } from "../../store/tracked-runs.ts";
import { topics } from "../nudges.ts";
import { checkReach } from "./caller.ts";
import { invalid, missing } from "./error.ts";
import { activeExperiment } from "./experiments.ts";
import {
  optionalInteger,
  optionalText,
  pageSize,
  pairsOf,
  runIdOf,
  textsOf,
  viewOf,
  wrongField,
} from "./fields.ts";
import type { Fields, Pair } from "./fields.ts";
import { inOnePiece } from "./route.ts";
import type { MlflowRoute, Subject } from "./route.ts";
import { showInfo, showRunPage, showRuns } from "./show-run.ts";

export const ofRun = (fields: Fields): Subject => ({ runs: [runIdOf(fields)] });
export const addingToRun = (fields: Fields): Subject => ({ ...ofRun(fields), act: "add" });
export const readingRun = (fields: Fields): Subject => ({ ...ofRun(fields), act: "read" });

export async function runNamed(db: Db, id: string): Promise<TrackedRun> {
  const run = await findTrackedRun(db, id);
  if (run) return run;
  throw noSuchRun(id);
}

export async function activeRun(db: Db, id: string): Promise<TrackedRun> {
  const run = await runNamed(db, id);
  if (!run.deleted) return run;
  throw deletedRun(id);
}

export const noSuchRun = (id: string) => missing(`Run with id=${id} not found`);
export const deletedRun = (id: string) =>
  invalid(`The run ${id} must be in the 'active' state. Current state is deleted: restore it first`);

export const labelsOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.assign(emptyLabels<string>(), Object.fromEntries(pairs.map(({ key, value }) => [key, value])));

/** Stores tags; the one that is the run's name renames it. */
export async function saveTags(tx: Db, run: string, tags: readonly Pair[]): Promise<void> {
  const name = tags.findLast(({ key }) => key === nameTag)?.value;
  if (name !== undefined && name !== "") await describeRun(tx, run, { displayName: name });
  await setLabels(tx, run, "tag", labelsOf(tags.filter(({ key }) => key !== nameTag)));
}

export const nameTag = "mlflow.runName";

function statusIn(fields: Fields): RunStatus | undefined {
  const value = fields["status"];
  if (value === undefined || value === null) return undefined;
  const status =
    typeof value === "number" ? runStatuses[value - 1] : runStatuses.find((one) => one === value);
  if (status === undefined) throw wrongField(value, "status", `expected one of ${runStatuses.join(", ")}`);
  return status;
}

function nameOf(fields: Fields, tags: readonly Pair[]): string {
  const field = optionalText(fields, "run_name") ?? "";
  const tag = tags.find(({ key }) => key === nameTag)?.value ?? "";
  if (field !== "" && tag !== "" && field !== tag) {
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${field}', mlflow.runName='${tag}').`,
    );
  }
  return field || tag || newJobName().replaceAll("_", "-");
}

async function showRun(db: Db, id: string): Promise<AsyncIterable<string>> {
  const [run] = await showRuns(db, [await runNamed(db, id)]);
  return inOnePiece(`{"run":${run!}}`);
}

export const runRoutes: readonly MlflowRoute[] = [
  {
    methods: ["POST"],
    path: "/runs/create",
    reach: "own",
    async handle({ context, fields, caller }) {
      const { store, clock, nudges } = context;
      const ofJob = caller.kind === "job" ? caller : undefined;
      const experimentId = optionalText(fields, "experiment_id") || (ofJob?.experiment ?? "0");
      const tags = pairsOf(fields, "tags", { key: 250, value: 8000 });
      const parent = tags.find(({ key }) => key === "mlflow.parentRunId")?.value;
      await checkReach(context, caller, {
        experiments: [experimentId],
        runs: parent === undefined ? [] : [parent],
        act: "add",
      });
      const at = clock.now();
      const id = randomUUID().replaceAll("-", "");
      const name = nameOf(fields, tags);
      const user = optionalText(fields, "user_id") || tags.find(({ key }) => key === "mlflow.user")?.value;
      const startedAt = optionalInteger(fields, "start_time") ?? at;
      await store.write(async (tx) => {
        await activeExperiment(tx, experimentId);
        await insertTrackedRun(tx, {
          id,
          experimentId,
          name,
          user: user ?? "",
          startedAt,
          parent: parent ?? null,
          ofJob: ofJob?.run ?? null,
          at,
        });
        await saveTags(tx, id, tags);
      });
      nudges.nudge(topics.events);
      return showRun(store.db, id);
    },
  },
  {
    methods: ["GET"],
    path: "/runs/get",
    reach: readingRun,
    handle: ({ context: { store }, fields }) => showRun(store.db, runIdOf(fields)),
  },
  {
    methods: ["POST"],
    path: "/runs/update",
    reach: ofRun,
    async handle({ context: { store, clock, nudges }, fields }) {
      const id = runIdOf(fields);
      const status = statusIn(fields);
      const endedAt = optionalInteger(fields, "end_time");
      const name = optionalText(fields, "run_name");
      await store.write(async (tx) => {
        await activeRun(tx, id);
        if (name) await describeRun(tx, id, { displayName: name });
        // Without effect on a job's run: its process tells how it ended, not what was said inside it.
        await setTrackedState(tx, id, {
          ...(status !== undefined && { state: stateOfStatus[status] }),
          ...(endedAt !== undefined && { endedAt }),
        });
        await recordEvent(tx, clock.now(), id, { kind: "run.changed", fields: ["state", "name"] });
      });
      nudges.nudge(topics.events);
      return { run_info: showInfo(await runNamed(store.db, id)) };
    },
  },
  ...([true, false] as const).map((deleting): MlflowRoute => ({
    methods: ["POST"],
    path: deleting ? "/runs/delete" : "/runs/restore",
    reach: "user",
    async handle({ context: { store, clock, nudges }, fields }) {
      const id = runIdOf(fields);
      await store.write(async (tx) => {
        const run = await runNamed(tx, id);
        if (deleting && run.isJob && !isFinal(run.state as JobState)) {
          throw invalid(`The run ${id} is a job that has not ended (${run.state}). Cancel it first, or wait`);
        }
        await setArchived(tx, id, deleting, clock.now());
        await recordEvent(tx, clock.now(), id, { kind: "run.changed", fields: ["archived"] });
      });
      nudges.nudge(topics.events);
      return {};
    },
  })),
  {
    methods: ["POST"],
    path: "/runs/search",
    reach: "own",
    async handle({ context: { store }, fields, caller }) {
      const search = {
        experiments: textsOf(fields, "experiment_ids"),
        filter: parseFilter(optionalText(fields, "filter") ?? "", runGrammar),
        order: parseOrder(textsOf(fields, "order_by"), runGrammar),
        view: viewOf(fields, "run_view_type"),
        limit: pageSize(fields, 1000, 50_000),
        token: optionalText(fields, "page_token"),
        ofJob: caller.kind === "job" ? caller.run : undefined,
      };
      if (search.experiments.length === 0) return {};
      const { seqs, next } = await searchRuns(store.db, search);
      return showRunPage(store.db, seqs, next);
    },
  },
];
