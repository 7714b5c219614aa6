import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssetBody, LineageBody } from "../../api/assets.ts";
import { lineageDocument, renderLineage } from "./lineage.ts";

const anAsset: AssetBody = {
  kind: "model",
  name: "tree",
  version: "3",
  content: { kind: "model", type: "custom_model", source: { kind: "snapshot", id: "a".repeat(64) } },
  description: "",
  tags: {},
  properties: {},
  labels: ["latest", "Production"],
  archived: false,
  run: "brave_fox",
  createdBy: "ada",
  createdAt: 0,
};

const madeBy: LineageBody["madeBy"] = {
  run: "brave_fox",
  experiment: "iris",
  snapshot: "b".repeat(64),
  environment: { image: "python:3.12", conda: { dependencies: ["python"] } },
  gitCommit: "c".repeat(40),
  gitRepository: "https://host/repo",
  gitDirty: true,
  inputs: [{ as: "table", kind: "data", name: "iris", version: "2" }],
};

const use = (run: string) => ({ run, experiment: "score", as: "model" });

test("the tree names the job, its code, commit, environment and data, and every reader", () => {
  const lineage: LineageBody = { asset: anAsset, madeBy, usedBy: [use("calm_owl"), use("wise_bat")] };

  assert.equal(
    renderLineage(lineage),
    [
      "model tree:3 (latest, Production)",
      "├─ made by brave_fox of iris",
      "│  ├─ code         snapshot bbbbbbbbbbbb",
      "│  ├─ git          cccccccccccc of https://host/repo, with changes on top",
      "│  ├─ environment  python:3.12 with a conda file",
      "│  └─ input        table = data iris:2",
      "└─ read by 2 jobs",
      "   ├─ calm_owl of score, as model",
      "   └─ wise_bat of score, as model",
      "",
    ].join("\n"),
  );
});

test("what nobody made and nobody read says so", () => {
  const text = renderLineage({ asset: { ...anAsset, labels: [], run: null }, madeBy: null, usedBy: [] });
  assert.equal(
    text,
    "model tree:3\n├─ registered by ada, from files and not from a job\n└─ read by no job\n",
  );
});

test("a long list of readers is cut, and counted", () => {
  const usedBy = Array.from({ length: 30 }, (_, index) => use(`run_${index}`));
  assert.match(renderLineage({ asset: anAsset, madeBy: null, usedBy }), /run_19 of[^]*and 10 more\n$/);
});

test("the document has the words of the command line", () => {
  const document = lineageDocument({ asset: anAsset, madeBy, usedBy: [use("calm_owl")] });
  assert.deepEqual(JSON.parse(JSON.stringify(document)), {
    made_by: {
      job_name: "brave_fox",
      experiment_name: "iris",
      code: `azureml://snapshots/${"b".repeat(64)}`,
      environment: "python:3.12 with a conda file",
      git: { commit: "c".repeat(40), repository_uri: "https://host/repo", dirty: true },
      inputs: { table: "azureml:iris:2" },
    },
    used_by: [{ job_name: "calm_owl", experiment_name: "score", input: "model" }],
  });
});
