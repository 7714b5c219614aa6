import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobSpec, LocalPath } from "../../core/job-spec.ts";
import { uploadLocalPaths } from "./upload-local.ts";

const local = (path: string): LocalPath => ({ kind: "local", path });
const stored = (id: string) => ({ kind: "snapshot" as const, id });

const aJob = (parts: Partial<JobSpec>): JobSpec => ({
  kind: "command",
  dialect: "C",
  experimentName: "e",
  tags: {},
  properties: {},
  command: { source: "true", parts: [] },
  inputs: {},
  outputs: {},
  environment: { image: "python" },
  environmentVariables: {},
  compute: { target: "local", instanceCount: 1 },
  ...parts,
});

test("code, inputs and the build folder are uploaded, each path once, code and data apart", async () => {
  const uploaded: string[] = [];
  const upload = (what: string) => async (path: LocalPath) => {
    uploaded.push(`${what} ${path.path}`);
    return stored(path.path);
  };
  const spec = aJob({
    code: local("/src"),
    inputs: {
      table: { kind: "data", source: local("/data"), mode: "mount" },
      again: { kind: "data", source: local("/data"), mode: "download" },
      kept: { kind: "data", source: { kind: "asset", name: "iris", version: "1" }, mode: "mount" },
      rate: { kind: "literal", value: 0.1 },
    },
    environment: { build: { dockerfile: "FROM a", context: local("/image") } },
  });

  const sent = await uploadLocalPaths(spec, { code: upload("code"), data: upload("data") });

  assert.deepEqual(uploaded.toSorted(), ["code /image", "code /src", "data /data"]);
  assert.deepEqual(sent.code, stored("/src"));
  assert.deepEqual(sent.environment, { build: { dockerfile: "FROM a", context: stored("/image") } });
  assert.deepEqual(
    Object.values(sent.inputs).map((input) => (input.kind === "data" ? input.source : input)),
    [
      stored("/data"),
      stored("/data"),
      { kind: "asset", name: "iris", version: "1" },
      { kind: "literal", value: 0.1 },
    ],
  );
});
