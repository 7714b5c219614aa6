// Addresses of inputs that nodes can fetch, and those that are refused before anything is sent.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DataType, InputMode } from "../core/job-spec.ts";
import { fetchable } from "./fetchable.ts";
import type { Reading } from "./text/notes.ts";
import { rootOfText } from "./text/read-root.ts";
import { childOf } from "./text/read.ts";
import { uri } from "./text/reference.ts";

function read(address: string, options: { mode?: InputMode; type?: DataType } = {}) {
  const reading: Reading = { problems: [], warnings: [] };
  const root = rootOfText("job.yml", `path: ${address}`, {}, reading);
  const place = root && childOf(root, "path");
  assert.ok(place);
  const source = fetchable(uri(address), { mode: "mount", ...options }, place, reading);
  return { uri: source?.kind === "uri" ? source.uri : undefined, problems: reading.problems };
}

describe("fetchable", () => {
  it("leaves web addresses as they are", () => {
    assert.equal(read("https://host/a.csv").uri, "https://host/a.csv");
    assert.equal(read("HTTP://host/a.csv").uri, "HTTP://host/a.csv");
  });

  it("knows the web address of a file in a container", () => {
    assert.equal(
      read("wasbs://sets@account.blob.core.windows.net/a/b.csv").uri,
      "https://account.blob.core.windows.net/sets/a/b.csv",
    );
    assert.equal(
      read("abfss://sets@account.dfs.core.windows.net/b.csv").uri,
      "https://account.blob.core.windows.net/sets/b.csv",
    );
  });

  it("refuses a container's folder and leads to datastores", () => {
    for (const { problems } of [
      read("wasbs://sets@account.blob.core.windows.net/"),
      read("wasbs://sets@account.blob.core.windows.net/a/"),
      read("wasbs://sets@account.blob.core.windows.net/a", { type: "uri_folder" }),
    ]) {
      assert.match(problems[0]?.message ?? "", /names a folder of the container sets/);
      assert.match(problems[0]?.hint ?? "", /azureml:\/\/datastores\/<name>\/paths\//);
    }
  });

  it("refuses other schemes, unless the address itself is what the job wants", () => {
    assert.match(read("s3://bucket/a.csv").problems[0]?.message ?? "", /fetches no "s3:" addresses/);
    assert.equal(read("s3://bucket/a.csv", { mode: "direct" }).uri, "s3://bucket/a.csv");
  });
});
