import assert from "node:assert/strict";
import { test } from "node:test";
import { logFileOf } from "./log-slots.ts";

const cases: readonly [path: string, slot: number | undefined][] = [
  ["azureml-logs/20_image_build_log.txt", 20],
  ["azureml-logs/55_azureml-execution-node-1.txt", 55],
  ["azureml-logs/65_job_prep-node-1.txt", 65],
  ["azureml-logs/70_driver_log.txt", 70],
  ["azureml-logs/70_driver_log_0.txt", 70],
  ["azureml-logs/70_driver_log_rank_0.txt", 70],
  ["azureml-logs/70_driver_log_worker_0.txt", 70],
  ["azureml-logs/70_driver_log_rank_3.txt", undefined],
  ["azureml-logs/70_driver_log_rank_10.txt", undefined],
  ["azureml-logs/70_mpi_log.txt", undefined],
  ["azureml-logs/75_job_post-node-1.txt", 75],
  ["azureml-logs/process_info.json", undefined],
  ["azureml-logs/hyperdrive.txt", 70],
  ["user_logs/std_log.txt", 70],
  ["user_logs/std_log_process_00.txt", 70],
  ["user_logs/std_log_process_01.txt", undefined],
  ["logs/train.txt", undefined],
  ["outputs/70_driver_log.txt", undefined],
];

for (const [path, slot] of cases) {
  test(`${path} is ${slot === undefined ? "not streamed" : `streamed as ${slot}`}`, () => {
    assert.equal(logFileOf(path)?.slot, slot);
  });
}

test("of several names for the user's output the oldest one is shown", () => {
  const names = [
    "user_logs/std_log.txt",
    "azureml-logs/70_driver_log_rank_0.txt",
    "azureml-logs/70_driver_log.txt",
  ];

  const ranked = names.map((name) => logFileOf(name)).sort((a, b) => (a?.rank ?? 0) - (b?.rank ?? 0));

  assert.equal(ranked[0]?.path, "azureml-logs/70_driver_log.txt");
});
