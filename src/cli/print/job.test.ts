import assert from "node:assert/strict";
import { test } from "node:test";
import type { Job } from "../../api/jobs.ts";
import { formatDuration, jobDocument } from "./job.ts";
import type { JobExtras } from "./job.ts";

const at = Date.UTC(2021, 5, 18, 12, 0, 0, 250);

const aJob = (changes: Partial<Job> = {}): Job => ({
  name: "brave_fox_1",
  number: 1,
  kind: "command",
  experimentName: "demo",
  displayName: "brave_fox_1",
  description: "",
  state: "Running",
  reason: "the command runs",
  stateSince: at,
  phases: [
    { state: "Queued", reason: "", attempt: 1, startedAt: at, endedAt: at + 1500 },
    { state: "Running", reason: "the command runs", attempt: 1, startedAt: at + 1500, endedAt: null },
  ],
  queuePosition: null,
  attempt: 1,
  createdAt: at,
  startedAt: at + 1500,
  endedAt: null,
  exitCode: null,
  error: null,
  notes: [{ level: "warning", message: "image not used" }],
  tags: {},
  properties: {},
  archived: false,
  parent: null,
  createdBy: "ada",
  spec: {
    kind: "command",
    dialect: "A",
    experimentName: "demo",
    tags: {},
    properties: {},
    command: { source: "echo", parts: [{ text: "echo" }] },
    inputs: {},
    outputs: {},
    environment: {},
    environmentVariables: {},
    compute: { target: "local", instanceCount: 1 },
  },
  ...changes,
});

const extras: JobExtras = {
  described: { command: "echo", zeta: undefined, compute: { target: "local", instance_count: 1 } },
  links: {
    page: (run) => `http://host/runs/${run}`,
    tracking: "http://host",
    resourceGroup: "g",
    workspaceId: "/subscriptions/s/w",
  },
  now: at + 4000,
};

test("keys are in alphabetical order at every depth, and those without a value are left out", () => {
  const document = jobDocument(aJob(), extras);

  assert.deepEqual(Object.keys(document), Object.keys(document).sort());
  assert.deepEqual(Object.keys(document["compute"] as object), ["instance_count", "target"]);
  assert.ok(!("zeta" in document) && !("error" in document) && !("queue_position" in document));
});

test("dialect A has interaction_endpoints, the others have services", () => {
  const older = jobDocument(aJob(), extras);
  const newer = jobDocument(aJob({ spec: { ...aJob().spec, dialect: "C" } }), extras);

  const studio = { endpoint: "http://host/runs/brave_fox_1", type: "Studio" };
  assert.deepEqual((older["interaction_endpoints"] as Record<string, unknown>)["Studio"], studio);
  assert.deepEqual((newer["services"] as Record<string, unknown>)["Studio"], studio);
  assert.equal(older["type"], "command_job");
  assert.equal(newer["type"], "command");
  assert.ok(!("services" in older) && !("interaction_endpoints" in newer));
});

test("each phase has its elapsed time, the last one up to now", () => {
  const phases = jobDocument(aJob(), extras)["phases"] as { status: string; elapsed_seconds: number }[];

  assert.deepEqual(
    phases.map(({ status, elapsed_seconds }) => [status, elapsed_seconds]),
    [
      ["Queued", 1.5],
      ["Running", 2.5],
    ],
  );
});

test("times are written as Python writes them", () => {
  assert.deepEqual(jobDocument(aJob(), extras)["creation_context"], {
    created_at: "2021-06-18T12:00:00.250+00:00",
    created_by: "ada",
    created_by_type: "User",
  });
});

test("notes that warn are the job's warnings", () => {
  assert.deepEqual(jobDocument(aJob(), extras)["warnings"], ["image not used"]);
});

const durations: readonly [ms: number, text: string][] = [
  [0, "0.0 s"],
  [9940, "9.9 s"],
  [12_300, "12 s"],
  [59_999, "59 s"],
  [60_000, "1:00 min"],
  [754_000, "12:34 min"],
  [3_600_000, "1:00 h"],
  [100_000_000, "27:46 h"],
];
for (const [ms, text] of durations) {
  test(`${ms} ms are ${text}`, () => assert.equal(formatDuration(ms), text));
}
