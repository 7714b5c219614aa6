// The whole of an import: what there is, moving it, and the check. Every step may be made again.
import { checkModel, checkRun } from "./check-store.ts";
import type { CheckedThing, ReadBack } from "./check-store.ts";
import { nearestName } from "../../core/names.ts";
import { UsageError } from "../fail.ts";
import { moveModel, moveRun } from "./move-run.ts";
import { checkRegistry, moveRegistry } from "./move-registry.ts";
import type { CheckedModel } from "./move-registry.ts";
import { addFault, forEachAtOnce, originOf } from "./session.ts";
import type { ImportChoices, Session } from "./session.ts";
import type { ModelEntry, RunEntry, Source, SourceExperiment, SourceRegisteredModel } from "./source.ts";

const promptTag = "mlflow.prompt.is_prompt";

export interface PlannedExperiment {
  experiment: SourceExperiment;
  runs: RunEntry[];
  models: ModelEntry[];
}

export interface Plan {
  experiments: PlannedExperiment[];
  registered: SourceRegisteredModel[];
  runs: number;
  /** Deleted experiments and runs that are left out. */
  leftOut: number;
  /** Prompts, which MLflow keeps among its registered models. */
  prompts: number;
}

/** What there is to move. Names that do not exist are refused before anything moves. */
export async function planImport(source: Source, choices: ImportChoices): Promise<Plan> {
  const all = await source.listExperiments();
  for (const name of choices.experiments) {
    if (all.some((one) => one.name === name)) continue;
    const names = all.map((one) => one.name);
    const nearest = nearestName(name, names);
    const some = names.slice(0, 10).map((one) => JSON.stringify(one));
    throw new UsageError(
      `there is no experiment ${JSON.stringify(name)} in ${source.address}`,
      nearest === undefined
        ? `It has: ${some.join(", ")}${names.length > 10 ? ", …" : ""}`
        : `Did you mean ${JSON.stringify(nearest)}?`,
    );
  }
  const wanted = all.filter(
    (one) => choices.experiments.length === 0 || choices.experiments.includes(one.name),
  );
  const isWanted = ({ deleted }: { deleted: boolean }) => choices.includeDeleted || !deleted;
  const plan: Plan = { experiments: [], registered: [], runs: 0, leftOut: 0, prompts: 0 };
  for (const experiment of wanted) {
    if (!isWanted(experiment)) {
      plan.leftOut += 1;
      continue;
    }
    const [runs, models] = [await source.listRuns(experiment), await source.listModels(experiment)];
    const kept = runs.filter(isWanted);
    plan.leftOut += runs.length - kept.length;
    plan.runs += kept.length;
    plan.experiments.push({ experiment, runs: kept, models: models.filter(isWanted) });
  }
  // Registered models belong to no experiment: they move when everything does.
  if (choices.experiments.length === 0) {
    const registered = await source.listRegisteredModels();
    plan.registered = registered.filter(({ tags }) => !tags.some(([key]) => key === promptTag));
    plan.prompts = registered.length - plan.registered.length;
  }
  return plan;
}

export async function moveStore(plan: Plan, session: Session): Promise<void> {
  const { source, link, signal, choices, faults } = session;
  for (const { experiment, runs, models } of plan.experiments) {
    let id: string;
    try {
      const body = {
        origin: originOf(source, experiment),
        sourceId: experiment.id,
        name: choices.experimentPrefix + experiment.name,
        createdAt: experiment.createdAt,
        updatedAt: experiment.updatedAt,
        deleted: experiment.deleted,
        tags: experiment.tags,
      };
      ({ id } = await link.use((client, call) => client.importExperiment({ body }, call), signal));
    } catch (error) {
      if (signal.aborted) throw error;
      addFault(faults, `experiment ${experiment.name}, ${runs.length} of its runs`, error);
      session.refused.add(experiment);
      continue;
    }
    const place = { experiment, id };
    await forEachAtOnce(runs, choices.jobs, signal, (entry) => moveRun(entry, place, session));
    await forEachAtOnce(models, choices.jobs, signal, (entry) => moveModel(entry, place, session));
  }
  for (const model of plan.registered) await moveRegistry(model, session);
}

export interface CheckedExperiment {
  name: string;
  /** False where the experiment could not be taken over, and so nothing of it. */
  moved: boolean;
  things: CheckedThing[];
}

export interface Report {
  experiments: CheckedExperiment[];
  registered: CheckedModel[];
}

export async function checkImport(plan: Plan, session: Session): Promise<Report> {
  const { choices, signal } = session;
  const readBack: ReadBack = new Map();
  const report: Report = { experiments: [], registered: [] };
  for (const { experiment, runs, models } of plan.experiments) {
    const name = choices.experimentPrefix + experiment.name;
    const things: CheckedThing[] = [];
    if (session.refused.has(experiment)) {
      report.experiments.push({ name, moved: false, things });
      continue;
    }
    await forEachAtOnce(runs, choices.jobs, signal, async (entry) => {
      things.push(await checkRun(entry, experiment, session, readBack));
      session.sent.runs += 1;
      session.onProgress();
    });
    await forEachAtOnce(models, choices.jobs, signal, async (entry) => {
      things.push(await checkModel(entry, experiment, session, readBack));
    });
    report.experiments.push({ name, moved: true, things });
  }
  const registered = plan.registered.filter((model) => !session.refused.has(model));
  report.registered = await checkRegistry(registered, session);
  return report;
}
