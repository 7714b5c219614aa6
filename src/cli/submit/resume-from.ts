// A sweep that goes on from earlier ones: its sampler learns from their trials.
import type { JobSpec } from "../../core/job-spec.ts";
import { UsageError } from "../fail.ts";

export function withResumeFrom(spec: JobSpec, sweeps: readonly string[] | undefined): JobSpec {
  if (sweeps === undefined) return spec;
  if (spec.sweep) return { ...spec, sweep: { ...spec.sweep, resumeFrom: [...new Set(sweeps)] } };
  throw new UsageError(
    "--resume-from is for sweeps, and this job is none",
    "A sweep has `type: sweep`, a trial and a search_space.",
  );
}
