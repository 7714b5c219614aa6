import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { InvalidFile } from "../text/problem.ts";
import { readDataFile } from "./read-data.ts";
import { readEnvironmentFile } from "./read-environment.ts";
import { readModelFile } from "./read-model.ts";
import type { Overrides } from "../text/read-root.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "assets-"));
  await mkdir(path.join(folder, "files", "table"), { recursive: true });
  await writeFile(path.join(folder, "files", "iris.csv"), "a,b\n");
  await writeFile(path.join(folder, "files", "Dockerfile"), "FROM python:3.12\n");
  await writeFile(path.join(folder, "files", "conda.yml"), "dependencies: [python=3.12]\n");
});
after(() => rm(folder, { recursive: true }));

const at = (...parts: string[]) => path.join(folder, ...parts);

async function write(yaml: string): Promise<string> {
  const file = at("asset.yml");
  await writeFile(file, yaml);
  return file;
}

const data = async (yaml: string, options: Overrides = {}) =>
  (await readDataFile(await write(yaml), options)).asset;
const model = async (yaml: string, options: Overrides = {}) =>
  (await readModelFile(await write(yaml), options)).asset;
const environment = async (yaml: string, options: Overrides = {}) =>
  (await readEnvironmentFile(await write(yaml), options)).asset;

const refuses = (reading: Promise<unknown>, ...messages: RegExp[]) =>
  assert.rejects(reading, (error) => {
    assert.ok(error instanceof InvalidFile);
    assert.equal(error.problems.length, messages.length, error.message);
    for (const message of messages) assert.match(error.message, message);
    return true;
  });

describe("a data file", () => {
  it("of the first dialect names local files beside itself, and a number", async () => {
    assert.deepEqual(await data("name: iris\nversion: 1\nlocal_path: files/iris.csv\ntags: {a: 1}\n"), {
      dialect: "A",
      name: "iris",
      version: "1",
      description: "",
      tags: { a: "1" },
      properties: {},
      content: { type: "uri_file", source: { kind: "local", path: at("files", "iris.csv") } },
    });
  });

  it("has a name, and null is none", async () => {
    for (const name of ["null", "~"]) {
      await refuses(data(`name: ${name}\npath: files/iris.csv\n`), /1:7.*found nothing; expected a name/);
    }
    assert.equal((await data('name: "null"\npath: files/iris.csv\n')).name, "null");
  });

  it("names no address that a node cannot fetch", async () => {
    await refuses(
      data("name: t\npath: adl://store/x.csv\n"),
      /fetches no "adl:" addresses, only http and https/,
    );
    await refuses(
      data("name: t\npath: abfss://c@s.dfs.core.windows.net/x/\n"),
      /names a folder of the container c/,
    );
    const { source } = (await data("name: t\npath: wasbs://c@s.blob.core.windows.net/x.csv\n")).content;
    assert.deepEqual(source, { kind: "uri", uri: "https://s.blob.core.windows.net/c/x.csv" });
  });

  it("of the first dialect may lie on a datastore", async () => {
    const { dialect, content } = await data("name: iris\ndatastore: azureml:blobs\npath: a/b\n");
    assert.equal(dialect, "A");
    assert.deepEqual(content, {
      type: "uri_folder",
      source: { kind: "datastore", datastore: "blobs", path: "a/b" },
    });
  });

  it("of the later dialect counts its own versions and takes any address", async () => {
    const asset = await data("name: iris\ntype: URI_FOLDER\npath: files\n");
    assert.equal(asset.version, undefined);
    assert.equal(asset.dialect, "C");
    assert.deepEqual(asset.content, {
      type: "uri_folder",
      source: { kind: "local", path: at("files") },
    });
    const kept = await data("name: t\npath: azureml://jobs/fox/outputs/table/paths/t.csv\n");
    assert.deepEqual(kept.content, {
      type: "uri_file",
      source: { kind: "run", run: "fox", path: "named-outputs/table/t.csv" },
    });
    assert.equal((await data("name: t\npath: https://host/data\n")).content.type, "uri_file");
  });

  it("says what does not fit the type, and what does not exist", async () => {
    await refuses(
      data("name: iris\ntype: uri_file\npath: files\n"),
      /asset\.yml:3:7 {2}path {2}the type is uri_file, but .*files is a folder[^]*Write type: uri_folder/,
    );
    await refuses(data("name: iris\npath: nothing\n"), /"nothing" does not exist/);
    await refuses(data("name: iris\n"), /required key path is missing/);
    await refuses(data("name: a b\nversion: latest\npath: files\n"), /found "a b"/, /latest is the label/);
  });

  it("of November 2021 lists its paths, of which there may be one", async () => {
    assert.deepEqual((await data("name: t\npaths:\n  - folder: files/table\n")).content, {
      type: "uri_folder",
      source: { kind: "local", path: at("files", "table") },
    });
    assert.deepEqual((await data("name: t\npaths: [{file: https://host/a.csv}]\n")).content.type, "uri_file");
    await refuses(data("name: t\npaths: [{file: https://a/b}, {file: https://a/c}]\n"), /has 2 entries/);
    await refuses(data("name: t\npaths: [{flie: https://a/b}]\n"), /unknown key[^]*Did you mean "file"/);
  });

  it("is one dialect", async () => {
    await refuses(
      data("name: iris\ntype: uri_file\nlocal_path: files/iris.csv\n"),
      /local_path is the 2021 preview dialect, but type is the dialect of 2022[^]*Write path in place/,
    );
  });

  it("gives way to flags, whose paths start where the person stands", async () => {
    const asset = await data("name: iris\npath: nothing\n", {
      name: "table",
      flags: [
        { key: "version", value: "1.10", shown: "--version 1.10" },
        { key: "path", value: "table", shown: "--path table" },
      ],
      folder: at("files"),
    });
    assert.equal(asset.name, "table");
    assert.equal(asset.version, "1.10");
    assert.deepEqual(asset.content.source, { kind: "local", path: at("files", "table") });
  });

  it("may be left out when flags say it all", async () => {
    const { asset } = await readDataFile(undefined, {
      name: "iris",
      flags: [{ key: "path", value: "files/iris.csv", shown: "--path files/iris.csv" }],
      folder,
    });
    assert.deepEqual(asset.content, {
      type: "uri_file",
      source: { kind: "local", path: at("files", "iris.csv") },
    });
    const flags = [{ key: "path", value: "nothing", shown: "--path nothing" }];
    await refuses(
      readDataFile(undefined, { name: "x", flags, folder }),
      /^--path nothing {2}path {2}"nothing" does not exist: \S+\/nothing$/,
    );
    await refuses(readDataFile(undefined, { name: "x" }), /the command line {2}the required key path/);
  });
});

describe("a model file", () => {
  it("of the first dialect needs its version", async () => {
    const asset = await model(
      "name: m\nversion: 2\nlocal_path: files\nflavors: {sklearn: {v: 1}}\nproperties: {p: q}\nutc_time_created: x\n",
    );
    assert.equal(asset.dialect, "A");
    assert.deepEqual(asset.properties, { p: "q" });
    assert.deepEqual(asset.content, {
      type: "mlflow_model",
      source: { kind: "local", path: at("files") },
      flavors: { sklearn: { v: 1 } },
    });
    await refuses(model("name: m\nlocal_path: files\n"), /required key version is missing/);
  });

  it("of the later dialect may come from a run and have a stage", async () => {
    const asset = await model("name: m\ntype: mlflow_model\npath: runs:/fox/model\nstage: Production\n");
    assert.equal(asset.label, "Production");
    assert.deepEqual(asset.content, {
      type: "mlflow_model",
      source: { kind: "run", run: "fox", path: "model" },
    });
  });

  it("of MLflow tells its flavors itself", async () => {
    await mkdir(at("files", "trees"), { recursive: true });
    await writeFile(at("files", "trees", "MLmodel"), "flavors:\n  sklearn: {code: null}\nrun_id: fox\n");
    const source = { kind: "local", path: at("files", "trees") };
    const flavors = { sklearn: { code: null } };

    const ofA = await model("name: m\nversion: 1\nlocal_path: files/trees\n");
    assert.deepEqual(ofA.content, { type: "mlflow_model", source, flavors });
    const ofC = await model("name: m\npath: files/trees\n");
    assert.deepEqual(ofC.content, { type: "mlflow_model", source, flavors });
    const custom = await model("name: m\ntype: custom_model\npath: files/trees\n");
    assert.deepEqual(custom.content, { type: "custom_model", source });

    const { warnings } = await readModelFile(await write("name: m\ntype: mlflow_model\npath: files\n"));
    assert.match(warnings[0]?.message ?? "", /holds no file named MLmodel$/);
  });

  it("says all of its faults at once", async () => {
    await refuses(
      model("nmae: m\ntype: onnx\npath: runs:/fox\n"),
      /nmae {2}unknown key[^]*Did you mean "name"/,
      /required key name is missing/,
      /found "onnx"; allowed: custom_model/,
      /names no file or folder of the job "fox"/,
    );
  });
});

describe("an environment file", () => {
  it("of the first dialect has docker and conda files beside itself", async () => {
    const asset = await environment(
      "name: e\nversion: 1\ndocker: {build: {dockerfile: file:files/Dockerfile}}\nconda_file: file:files/conda.yml\ndescription: d\n",
    );
    assert.equal(asset.dialect, "A");
    assert.equal(asset.description, "d");
    assert.deepEqual(asset.content, {
      build: { dockerfile: "FROM python:3.12\n" },
      conda: { dependencies: ["python=3.12"] },
    });
  });

  it("of the later dialect has an image or a build folder", async () => {
    assert.deepEqual(
      (await environment("name: e\nimage: python:3.12\nconda_file: files/conda.yml\n")).content,
      {
        image: "python:3.12",
        conda: { dependencies: ["python=3.12"] },
      },
    );
    const built = await environment("name: e\nbuild: {path: files}\n");
    assert.deepEqual(built.content.build?.context, { kind: "local", path: at("files") });
  });

  it("tells a fault once", async () => {
    await refuses(environment("name: e\nimage: a\ntags: 3\n"), /tags {2}found 3; expected a mapping/);
    await refuses(environment("name: e\nimage: a\ndocker: {image: b}\n"), /one file is one dialect/);
    await refuses(environment("name: e\n"), /says nothing of an environment/);
  });
});
