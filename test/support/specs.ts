// Job specs and rows for tests: only what a test is about needs to be said.
import type { JobSpec } from "../../src/core/job-spec.ts";
import type { NewJob } from "../../src/store/jobs.ts";

export const aSpec = (changes: Partial<JobSpec> = {}): JobSpec => ({
  kind: "command",
  dialect: "C",
  experimentName: "tests",
  tags: {},
  properties: {},
  command: { source: "echo hello", parts: [{ text: "echo hello" }] },
  inputs: {},
  outputs: {},
  environment: { userManaged: { interpreter: "python3" } },
  environmentVariables: {},
  compute: { target: "local", instanceCount: 1 },
  ...changes,
});

export const onCompute = (target: string): Pick<JobSpec, "compute"> => ({
  compute: { target, instanceCount: 1 },
});

export const aNewJob = (id: string, changes: Partial<NewJob> = {}): NewJob => ({
  id,
  experimentName: "tests",
  displayName: id,
  description: "",
  state: "Starting",
  parent: null,
  createdBy: "user",
  at: 1000,
  spec: aSpec({ name: id }),
  ...changes,
});
