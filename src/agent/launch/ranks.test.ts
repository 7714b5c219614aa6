import assert from "node:assert/strict";
import { test } from "node:test";
import type { Distribution } from "../../core/job-spec.ts";
import { countProcesses, driverLogOf, logAliasOf } from "../attempt/log-names.ts";
import { nodeVariables, planRanks, portsWanted } from "./ranks.ts";
import type { LaunchFacts } from "./ranks.ts";

const facts = (nodeCount: number, change: Partial<LaunchFacts> = {}): LaunchFacts => ({
  nodes: Array.from({ length: nodeCount }, (_, index) => ({
    name: `n${index}`,
    address: `10.0.0.${index + 1}`,
  })),
  ports: [6105, 6106, 6107],
  gpuCount: 4,
  ...change,
});

test("PyTorch: the global rank counts through the nodes, the local one starts anew on each", () => {
  const { ranks } = planRanks({ type: "pytorch", processCount: 4 }, facts(2));

  const told = ranks.map(({ node, variables }) => [
    node,
    variables["RANK"],
    variables["LOCAL_RANK"],
    variables["NODE_RANK"],
  ]);
  assert.deepEqual(told, [
    [0, "0", "0", "0"],
    [0, "1", "1", "0"],
    [1, "2", "0", "1"],
    [1, "3", "1", "1"],
  ]);
  const { WORLD_SIZE, MASTER_ADDR, MASTER_PORT } = ranks[3]!.variables;
  assert.deepEqual([WORLD_SIZE, MASTER_ADDR, MASTER_PORT], ["4", "10.0.0.1", "6105"]);
});

test("PyTorch without a count: once a node, and no LOCAL_RANK", () => {
  const { ranks } = planRanks({ type: "pytorch" }, facts(3));

  assert.deepEqual(
    ranks.map(({ node, variables }) => [node, variables["RANK"], "LOCAL_RANK" in variables]),
    [
      [0, "0", false],
      [1, "1", false],
      [2, "2", false],
    ],
  );
});

test("TensorFlow: TF_CONFIG names every worker, and parameter servers only when there are any", () => {
  const alone = planRanks({ type: "tensorflow", parameterServerCount: 0 }, facts(2));
  const served = planRanks({ type: "tensorflow", parameterServerCount: 1 }, facts(2));

  assert.equal(
    alone.ranks[1]!.variables["TF_CONFIG"],
    '{"cluster":{"worker":["10.0.0.1:6105","10.0.0.2:6106"]},"task":{"type":"worker","index":1},"environment":"cloud"}',
  );
  assert.deepEqual(
    served.ranks.map(({ name, isService = false }) => [name, isService]),
    [
      ["worker_0", false],
      ["worker_1", false],
      ["ps_0", true],
    ],
  );
  assert.match(
    served.ranks[2]!.variables["TF_CONFIG"]!,
    /"ps":\["10.0.0.1:6107"\]},"task":{"type":"ps","index":0}/,
  );
});

test("A node sees the graphics cards that are its own, and all where none were shared out", () => {
  const nodes = [{ name: "n0", address: "a", gpus: [2, 3] }];

  const own = nodeVariables(facts(1, { nodes }), 0);
  assert.deepEqual([own["CUDA_VISIBLE_DEVICES"], own["AZ_BATCHAI_GPU_COUNT"]], ["2,3", "2"]);
  const all = nodeVariables(facts(1), 0);
  assert.deepEqual([all["CUDA_VISIBLE_DEVICES"], all["AZ_BATCHAI_GPU_COUNT"]], [undefined, "4"]);
  assert.equal("AZ_BATCH_MASTER_NODE" in all, false, "one node has no master");
});

test("Every process has a log of its own under both names, and as many ports as it needs", () => {
  const distributions: (Distribution | undefined)[] = [
    undefined,
    { type: "pytorch", processCount: 24 },
    { type: "tensorflow", parameterServerCount: 2 },
    { type: "mpi", processCountPerInstance: 6 },
  ];
  for (const distribution of distributions) {
    const count = portsWanted(distribution, 2).count;
    const { ranks } = planRanks(
      distribution,
      facts(2, { ports: Array.from({ length: count }, (_, index) => index) }),
    );
    const logs = ranks.map(({ name }) => driverLogOf(name, ranks.length));
    const aliases = logs.map((log) => logAliasOf(log, distribution, 2));

    assert.equal(ranks.length, countProcesses(distribution, 2));
    assert.equal(new Set(logs).size, ranks.length);
    assert.equal(new Set(aliases).size, ranks.length);
    assert.ok(
      !ranks.some(({ variables }) => Object.values(variables).some((value) => value.includes("undefined"))),
    );
  }
  assert.equal(
    logAliasOf("70_driver_log_3.txt", { type: "pytorch", processCount: 24 }, 2),
    "user_logs/std_log_process_03.txt",
  );
});
