// Experiments on MLflow's wire.
import { experimentGrammar } from "../../core/search/grammar.ts";
import { parseFilter } from "../../core/search/parse-filter.ts";
import { parseOrder } from "../../core/search/parse-order.ts";
import { insertExperiment } from "../../store/experiments.ts";
import {
  archiveExperiment,
  findExperiment,
  removeExperimentTag,
  renameExperiment,
  searchExperiments,
  setExperimentTag,
} from "../../store/find-experiments.ts";
import type { Experiment } from "../../store/find-experiments.ts";
import type { Db } from "../../store/store.ts";
import { MlflowError, invalid, missing } from "./error.ts";
import { optionalText, pageSize, pairsOf, requiredText, textsOf, viewOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import type { MlflowRoute } from "./route.ts";

const byId = (fields: Fields) => ({ experiments: [optionalText(fields, "experiment_id") ?? ""] });
const longestName = 500;
const longestKey = 250;
const longestTag = 5000;

export const locationOf = (experiment: { id: string; artifactLocation: string }): string =>
  experiment.artifactLocation === "" ? `mlflow-artifacts:/${experiment.id}` : experiment.artifactLocation;

const show = (experiment: Experiment) => ({
  experiment_id: experiment.id,
  name: experiment.name,
  artifact_location: locationOf(experiment),
  lifecycle_stage: experiment.deleted ? "deleted" : "active",
  creation_time: experiment.createdAt,
  last_update_time: experiment.updatedAt,
  ...(experiment.tags.length > 0 && { tags: experiment.tags }),
});

export async function experimentNamed(db: Db, id: string): Promise<Experiment> {
  const experiment = await findExperiment(db, { id });
  if (experiment) return experiment;
  throw missing(`No Experiment with id=${id} exists`);
}

export async function activeExperiment(db: Db, id: string): Promise<Experiment> {
  const experiment = await experimentNamed(db, id);
  if (!experiment.deleted) return experiment;
  throw invalid(
    `The experiment ${id} must be in the 'active' state. Current state is deleted: restore it first`,
  );
}

function checkLocation(location: string): string {
  if (/^runs:/i.test(location))
    throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  if (/[#?;]/.test(location)) {
    throw invalid(`Invalid artifact location '${location}': it cannot hold '#', '?' or ';'`);
  }
  if (location !== "" && !/^[a-z][a-z0-9+.-]*:/i.test(location)) {
    throw invalid(
      `Invalid artifact location '${location}': a path of this server's machine is not taken; leave it out, or give a URI such as s3://bucket/folder`,
    );
  }
  return location.replace(/\/+$/, "");
}

async function checkNameIsFree(db: Db, name: string): Promise<void> {
  const known = await findExperiment(db, { name });
  if (!known) return;
  const state = known.deleted ? " It is deleted: restore it, or take another name." : "";
  throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists.${state}`);
}

function nameIn(fields: Fields, field: string): string {
  const name = requiredText(fields, field, { max: longestName });
  if (name.trim() === "") throw invalid(`Invalid experiment name: '${name}'. It may not be blank`);
  return name;
}

export const experimentRoutes: readonly MlflowRoute[] = [
  {
    methods: ["POST"],
    path: "/experiments/create",
    reach: "user",
    async handle({ context: { store, clock }, fields }) {
      const name = nameIn(fields, "name");
      const artifactLocation = checkLocation(optionalText(fields, "artifact_location", { max: 2048 }) ?? "");
      const tags = pairsOf(fields, "tags", { key: longestKey, value: longestTag, isExact: true });
      const id = await store.write(async (tx) => {
        await checkNameIsFree(tx, name);
        const made = await insertExperiment(tx, { name, at: clock.now(), artifactLocation });
        for (const { key, value } of tags) await setExperimentTag(tx, made, key, value);
        return made;
      });
      return { experiment_id: id };
    },
  },
  {
    methods: ["GET"],
    path: "/experiments/get",
    reach: byId,
    async handle({ context: { store }, fields }) {
      const id = requiredText(fields, "experiment_id");
      // Experiments that are older than MLflow's interface have ids that are no numbers.
      const experiment = await findExperiment(store.db, { id });
      if (experiment) return { experiment: show(experiment) };
      if (!/^-?\d+$/.test(id)) {
        throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
      }
      throw missing(`No Experiment with id=${id} exists`);
    },
  },
  {
    methods: ["GET"],
    path: "/experiments/get-by-name",
    reach: (fields) => ({ experimentNames: [optionalText(fields, "experiment_name") ?? ""] }),
    async handle({ context: { store }, fields }) {
      const name = requiredText(fields, "experiment_name");
      const experiment = await findExperiment(store.db, { name });
      if (!experiment) throw missing(`Could not find experiment with name '${name}'`);
      return { experiment: show(experiment) };
    },
  },
  ...(["/experiments/search", "/experiments/list"] as const).map((path): MlflowRoute => ({
    methods: ["GET", "POST"],
    path,
    reach: "own",
    async handle({ context: { store }, fields, caller }) {
      const { experiments, next } = await searchExperiments(store.db, {
        filter: parseFilter(optionalText(fields, "filter") ?? "", experimentGrammar),
        order: parseOrder(textsOf(fields, "order_by"), experimentGrammar),
        view: viewOf(fields, "view_type"),
        limit: pageSize(fields, 1000, 50_000),
        token: optionalText(fields, "page_token"),
        only: caller.kind === "job" ? caller.experiment : undefined,
      });
      return {
        ...(experiments.length > 0 && { experiments: experiments.map(show) }),
        ...(next !== undefined && { next_page_token: next }),
      };
    },
  })),
  {
    methods: ["POST"],
    path: "/experiments/update",
    reach: "user",
    async handle({ context: { store, clock }, fields }) {
      const id = requiredText(fields, "experiment_id");
      const name = nameIn(fields, "new_name");
      await store.write(async (tx) => {
        const experiment = await activeExperiment(tx, id);
        if (experiment.name === name) return;
        await checkNameIsFree(tx, name);
        await renameExperiment(tx, id, name, clock.now());
      });
      return {};
    },
  },
  ...([true, false] as const).map((deleting): MlflowRoute => ({
    methods: ["POST"],
    path: deleting ? "/experiments/delete" : "/experiments/restore",
    reach: "user",
    async handle({ context: { store, clock }, fields }) {
      const id = requiredText(fields, "experiment_id");
      await store.write(async (tx) => {
        const { deleted } = await experimentNamed(tx, id);
        if (deleted === deleting) {
          throw missing(`No Experiment with id=${id} exists that is ${deleting ? "active" : "deleted"}`);
        }
        await archiveExperiment(tx, id, deleting, clock.now());
      });
      return {};
    },
  })),
  {
    methods: ["POST"],
    path: "/experiments/set-experiment-tag",
    reach: "user",
    async handle({ context: { store }, fields }) {
      const id = requiredText(fields, "experiment_id");
      const key = requiredText(fields, "key", { max: longestKey });
      const value = optionalText(fields, "value", { max: longestTag }) ?? "";
      await store.write(async (tx) => {
        await activeExperiment(tx, id);
        await setExperimentTag(tx, id, key, value);
      });
      return {};
    },
  },
  {
    methods: ["POST"],
    path: "/experiments/delete-experiment-tag",
    reach: "user",
    async handle({ context: { store }, fields }) {
      const id = requiredText(fields, "experiment_id");
      const key = requiredText(fields, "key");
      await store.write(async (tx) => {
        await activeExperiment(tx, id);
        if (!(await removeExperimentTag(tx, id, key)))
          throw missing(`No tag with name: ${key} in experiment ${id}`);
      });
      return {};
    },
  },
];
