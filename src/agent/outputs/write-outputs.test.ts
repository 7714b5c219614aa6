import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";
import { datastorePlace } from "./write-outputs.ts";

describe("an output with a place in a datastore", { timeout: 30_000 }, () => {
  it("is written there at the end, and kept as artifacts too", async (t) => {
    const site = await createSite(t);
    const lake = join(site.home, "lake");
    await mkdir(lake);
    site.server.datastores.set("lake", { type: "local_folder", settings: { path: lake }, secrets: {} });
    const command =
      "mkdir $AZURE_ML_OUTPUT_model/deep && echo w > $AZURE_ML_OUTPUT_model/w.bin && " +
      "echo d > $AZURE_ML_OUTPUT_model/deep/d.bin && echo 1,2 > $AZURE_ML_OUTPUT_table && " +
      "mkdir -p $AZURE_ML_OUTPUT_own && echo o > $AZURE_ML_OUTPUT_own/o.txt";
    const work = aWorkOrder(command, {
      outputs: {
        model: {
          type: "uri_folder",
          mode: "rw_mount",
          path: "azureml://datastores/lake/paths/models/iris/",
        },
        table: { type: "uri_file", mode: "upload", path: "azureml://datastores/lake/paths/tables" },
        own: { type: "uri_folder", mode: "direct", path: "azureml://datastores/lake/paths/own" },
      },
    });
    site.server.place(work);

    site.startAgent();
    assert.equal((await site.end(work)).reason, "succeeded");

    const found = (await readdir(lake, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(lake.length + 1));
    assert.deepEqual(found.toSorted(), [
      "models/iris/deep/d.bin",
      "models/iris/w.bin",
      "own/o.txt",
      "tables/table",
    ]);
    assert.equal(await readFile(join(lake, "models/iris/deep/d.bin"), "utf8"), "d\n");
    assert.equal(site.log("named-outputs/model/deep/d.bin"), "d\n");
    assert.equal(site.log("named-outputs/table/table"), "1,2\n");
  });

  it("that cannot be written there costs a warning, and not the job", async (t) => {
    const site = await createSite(t);
    site.server.datastores.set("gone", {
      type: "local_folder",
      settings: { path: join(site.home, "nowhere") },
      secrets: {},
    });
    const work = aWorkOrder("echo w > $AZURE_ML_OUTPUT_model/w.bin", {
      outputs: {
        model: { type: "uri_folder", mode: "upload", path: "azureml://datastores/gone/paths/models" },
      },
    });
    site.server.place(work);

    site.startAgent();
    assert.equal((await site.end(work)).reason, "succeeded");

    const notes = site.server.reports.flatMap((report) => report.notes.map((note) => note.message));
    assert.match(
      notes.join("\n"),
      /output model could not be written to the datastore gone: .*is not there.*named-outputs\/model/,
    );
    assert.equal(site.log("named-outputs/model/w.bin"), "w\n");
  });

  it("is named in a short or a long form", () => {
    const of = { run: "happy_fox", output: "model" };
    const long = "azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/lake/paths/a/b";
    for (const path of ["azureml://datastores/lake/paths/a/b", long]) {
      assert.deepEqual(datastorePlace(path, of), { kind: "datastore", datastore: "lake", path: "a/b" });
    }
    for (const path of [undefined, "./here", "https://x/datastores/lake/paths/a"]) {
      assert.equal(datastorePlace(path, of), undefined);
    }
    const open = "azureml://datastores/${{default_datastore}}/paths/azureml/${{name}}/${{output_name}}/";
    assert.deepEqual(datastorePlace(open, of), {
      kind: "datastore",
      datastore: "workspaceblobstore",
      path: "azureml/happy_fox/model/",
    });
  });
});
