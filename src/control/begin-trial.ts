// A trial is a job like any other: its sweep's spec with the parameters that were proposed for it.
import type { JobSpec } from "../core/job-spec.ts";
import { parameterText, parameterTexts } from "../core/sweep.ts";
import type { FirstTrial, Parameters } from "../core/sweep.ts";
import { insertJob } from "../store/jobs.ts";
import { setLabels } from "../store/labels.ts";
import { copyRunAssets } from "../store/run-assets.ts";
import { insertTrial } from "../store/trials.ts";
import { beginAttempt } from "./begin-jobs.ts";
import type { OpenSweep } from "../store/sweeps.ts";
import type { Db } from "../store/store.ts";
import { logSweep } from "./sweep-log.ts";

export interface NewTrial {
  number: number;
  parameters: Parameters;
  /** The id of its first attempt. */
  attempt: string;
  /** Others of the sweep have run: code, inputs and environment are where the trials run. */
  isPrepared: boolean;
}

export async function beginTrial(
  tx: Db,
  sweep: OpenSweep,
  { attempt, isPrepared, ...trial }: NewTrial,
  at: number,
): Promise<void> {
  const run = `${sweep.run}_${trial.number}`;
  const spec = trialSpec(sweep, run, trial);
  const inserted = await insertJob(tx, {
    id: run,
    experimentName: sweep.experimentName,
    displayName: run,
    description: "",
    state: "Starting",
    parent: sweep.run,
    createdBy: sweep.createdBy,
    at,
    spec,
  });
  if (!inserted) throw new Error(`there is a run named ${run} already that is no trial of ${sweep.run}`);
  await setLabels(tx, run, "param", parameterTexts(trial.parameters));
  await copyRunAssets(tx, sweep.run, run);
  await insertTrial(tx, { sweep: sweep.run, run, ...trial });
  await beginAttempt(tx, run, { id: attempt, at, isPrepared });
  const words = Object.entries(trial.parameters).map(([name, value]) => `${name}=${parameterText(value)}`);
  await logSweep(tx, sweep.run, at, `trial ${trial.number} begins: ${words.join(" ")}`);
}

function trialSpec(
  sweep: OpenSweep,
  name: string,
  trial: { number: number; parameters: Parameters },
): JobSpec {
  const { sweep: search, displayName: _, description: __, timeoutSeconds, ...spec } = sweep.spec;
  const limit = search?.limits.trialTimeoutSeconds ?? timeoutSeconds;
  return {
    ...spec,
    name,
    inputs: inputsOf(spec.inputs, search?.first ?? [], trial.number),
    tags: { ...spec.tags, hyperparameters: JSON.stringify(trial.parameters) },
    ...(limit !== undefined && { timeoutSeconds: limit }),
    trial: { sweep: sweep.run, ...trial },
  };
}

/** What other trials alone are given is absent in this one. */
function inputsOf(
  inputs: JobSpec["inputs"],
  first: readonly FirstTrial[],
  number: number,
): JobSpec["inputs"] {
  const own = new Set(first[number]?.inputs);
  const others = first.flatMap((trial) => trial.inputs).filter((name) => !own.has(name));
  return { ...inputs, ...Object.fromEntries(others.map((name) => [name, { kind: "absent" } as const])) };
}
