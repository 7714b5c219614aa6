import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { stringify } from "yaml";
import type { AssetContent } from "../../core/asset.ts";
import { describeAsset } from "./describe-asset.ts";
import { readDataFile } from "./read-data.ts";
import { readEnvironmentFile } from "./read-environment.ts";
import { readModelFile } from "./read-model.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "describe-asset-"));
});
after(() => rm(folder, { recursive: true }));

const anAsset = (content: AssetContent, labels: string[] = []) => ({
  name: "x",
  version: "3",
  content,
  description: "what it is",
  tags: { a: "b" },
  properties: {},
  labels,
});

const id = "c".repeat(64);
const readers = { data: readDataFile, model: readModelFile, environment: readEnvironmentFile };

const contents: AssetContent[] = [
  { kind: "data", type: "uri_folder", source: { kind: "snapshot", id } },
  { kind: "data", type: "uri_file", source: { kind: "snapshot", id, file: "iris.csv" } },
  { kind: "data", type: "uri_file", source: { kind: "uri", uri: "https://host/iris.csv" } },
  { kind: "data", type: "uri_folder", source: { kind: "datastore", datastore: "blobs", path: "a/b" } },
  { kind: "model", type: "custom_model", source: { kind: "snapshot", id } },
  { kind: "model", type: "mlflow_model", source: { kind: "snapshot", id }, flavors: { sklearn: { v: 1 } } },
  { kind: "environment", environment: { image: "python:3.12", conda: { dependencies: ["python=3.12"] } } },
  { kind: "environment", environment: { build: { dockerfile: "FROM a\n" } } },
];

describe("an asset shown in the words of its YAML", () => {
  for (const dialect of ["A", "C"] as const) {
    for (const [index, content] of contents.entries()) {
      it(`reads back as the same: ${content.kind} ${index} in dialect ${dialect}`, async () => {
        const file = path.join(folder, `${dialect}${index}.yml`);
        await writeFile(file, stringify(describeAsset(anAsset(content), dialect)));
        if (content.kind === "code") return assert.fail("code has no file of its own");

        const { asset } = await readers[content.kind](file);

        const { kind: _, ...expected } = content;
        assert.deepEqual(asset.content, "environment" in expected ? expected.environment : expected);
        assert.deepEqual(
          [asset.name, asset.version, asset.description, asset.tags],
          ["x", "3", "what it is", { a: "b" }],
        );
      });
    }
  }

  it("shows how far a model has come", () => {
    const shown = describeAsset(anAsset(contents[4]!, ["latest", "canary", "Production"]));
    assert.equal(shown["stage"], "Production");
  });
});
