import assert from "node:assert/strict";
import { it } from "node:test";
import { addJob, openMemoryStore } from "../../../test/support/memory-store.ts";
import { aSpec } from "../../../test/support/specs.ts";
import type { Sweep } from "../../core/sweep.ts";
import { checkSweep } from "./check-sweep.ts";

const grid = (changes: Partial<Sweep> = {}): Sweep => ({
  searchSpace: { x: { type: "choice", values: [1, 2] } },
  sampling: { type: "grid" },
  objective: { primaryMetric: "loss", goal: "minimize" },
  limits: { maxTotalTrials: 4, maxConcurrentTrials: 2 },
  ...changes,
});

it("A grid goes on only with the same search space, and from sweeps that are there", async () => {
  const store = await openMemoryStore();
  await addJob(store, "first", { changes: { spec: aSpec({ name: "first", sweep: grid() }) } });
  await addJob(store, "plain");
  const wrong = async (sweep: Sweep) =>
    (await checkSweep(store.db, aSpec({ sweep }))).map(({ path, message }) => `${path} ${message}`);

  assert.deepEqual(await wrong(grid({ resumeFrom: ["first"] })), []);
  const other = { x: { type: "choice" as const, values: [1, 2, 3] } };
  assert.deepEqual(await wrong(grid({ searchSpace: other, resumeFrom: ["first", "plain", "nobody"] })), [
    "sweep.resumeFrom[0] first went over another search space, so there is no grid to go on with",
    "sweep.resumeFrom[1] plain is no sweep",
    "sweep.resumeFrom[2] there is no job named nobody",
  ]);
  await store.close();
});

it("Trials that come first have parameters and inputs that the sweep has", async () => {
  const store = await openMemoryStore();
  const first = [
    { parameters: { x: 1 }, inputs: ["table"] },
    { parameters: { z: 1 }, inputs: ["none"] },
  ];
  const inputs = { table: { kind: "literal" as const, value: 1 } };

  const problems = await checkSweep(store.db, aSpec({ sweep: grid({ first }), inputs }));
  assert.deepEqual(
    problems.map(({ path, message }) => `${path} ${message}`),
    ["sweep.first[1] z is no parameter of this job; known: x", "sweep.first[1] none is no input of this job"],
  );
  await store.close();
});

it("A command may name parameters that choices bring in, however deep, and no others", async () => {
  const store = await openMemoryStore();
  const deep = { type: "choice" as const, values: [{ depth: { type: "randint" as const, upper: 3 } }] };
  const sweep = grid({ searchSpace: { kind: { type: "choice", values: ["a", { inner: deep }] } } });
  const command = (name: string) => ({
    command: { source: "x", parts: [{ binding: "search_space" as const, name }] },
  });

  assert.deepEqual(await checkSweep(store.db, aSpec({ sweep, ...command("depth") })), []);
  assert.deepEqual(await checkSweep(store.db, aSpec({ sweep, ...command("width") })), [
    {
      path: "command",
      message: "search_space.width is no parameter of this job; known: kind, inner, depth",
    },
  ]);
  await store.close();
});
