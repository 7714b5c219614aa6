// Data, environments, models and datastores through the real command line, server and agent.
import assert from "node:assert/strict";
import { once } from "node:events";
import { access, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

interface Shown {
  name: string;
  version: string;
  id: string;
  type?: string;
  path?: string;
  status?: string;
  stage?: string;
  labels: string[];
  tags: Record<string, string>;
  inputs?: Record<string, { path?: string; data?: string }>;
  lineage?: {
    made_by: {
      job_name: string;
      code?: string;
      environment: string;
      inputs: Record<string, string>;
    } | null;
    used_by: { job_name: string; input: string }[];
  };
}

describe("assets", () => {
  let home: TestHome;
  before(async () => {
    home = await openTestHome();
    await home.file("files/iris.csv", "a,b\n1,2\n");
    await home.file("files/table/part-0.csv", "zero\n");
    await home.file("files/table/sub/part-1.csv", "one\n");
  });
  after(() => home[Symbol.asyncDispose]());

  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.run(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const shown = async (...args: string[]): Promise<Shown> => JSON.parse(await ok(...args)) as Shown;
  const refused = async (message: RegExp, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.run(...args);
    assert.equal(code, 1, stdout);
    assert.match(stderr, message);
    return stderr;
  };
  /** Runs the job to its end and returns its name. */
  const completed = async (file: string, ...args: string[]): Promise<string> => {
    const name = (await ok("job", "create", "-f", file, "--query", "name", "-o", "tsv", ...args)).trim();
    const streamed = await home.run("job", "stream", "-n", name);
    assert.equal(streamed.code, 0, `${streamed.stdout}${streamed.stderr}`);
    return name;
  };
  const driverLog = async (name: string): Promise<string> => {
    await ok("job", "download", "-n", name, "--all");
    const folder = await readdir(join(home.work, name)).then(
      () => name,
      () => "artifacts",
    );
    return readFile(join(home.work, folder, "azureml-logs/70_driver_log.txt"), "utf8");
  };

  it("registers a file and a folder, counts versions up, and lists them", async () => {
    await home.file(
      "data.yml",
      "name: iris\nversion: 1\nlocal_path: files/iris.csv\ntags: {kind: flowers}\n",
    );

    const file = await shown("data", "create", "-f", "data.yml");
    const folder = await shown("data", "create", "-n", "table", "--path", "files/table");
    await writeFile(join(home.work, "files/iris.csv"), "a,b\n3,4\n");
    const second = await shown("data", "create", "-n", "iris", "--path", "files/iris.csv");

    assert.equal(file.id, "azureml:iris:1");
    assert.equal(file.type, "uri_file");
    assert.deepEqual(file.tags, { kind: "flowers" });
    assert.equal(folder.type, "uri_folder");
    assert.equal(second.version, "2");
    assert.deepEqual(second.labels, ["latest"]);
    assert.deepEqual(
      (await ok("data", "list", "-n", "iris", "--query", "[].version", "-o", "tsv")).split("\n"),
      ["2", "1", ""],
    );
    assert.match(await ok("data", "list", "-o", "table"), /^Name +Version +Type[^]*iris +2 +uri_file/);
  });

  it("takes the same content for a version again, and never another", async () => {
    await home.file("files/one.txt", "one\n");
    await home.file("files/two.txt", "two\n");
    const create = ["data", "create", "-n", "fixed", "-v", "7", "--path"];
    await ok(...create, "files/one.txt");

    const again = await home.run(...create, "files/one.txt", "--description", "said later");

    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /nothing was sent/);
    assert.match(again.stdout, /said later/);
    await refused(/version 7 of data fixed exists already with another content/, ...create, "files/two.txt");
    await refused(
      /path of a data cannot change[^]*Only these can: tags, properties, description/,
      "data",
      "update",
      "-n",
      "fixed",
      "-v",
      "7",
      "--set",
      "path=files/two.txt",
    );
    assert.match((await shown("data", "show", "-n", "fixed")).path!, /one\.txt$/);
  });

  it("gives data to jobs by version and by label, mounted and copied", async () => {
    await home.file(
      "read.yml",
      [
        "command: >-",
        "  cat ${{inputs.old}} ${{inputs.new}} && find ${{inputs.mounted}} -type f | wc -l &&",
        "  echo more >> ${{inputs.copied}}/part-0.csv && cat ${{inputs.copied}}/part-0.csv",
        "inputs:",
        "  old: {type: uri_file, path: 'azureml:iris:1'}",
        "  new: {type: uri_file, path: azureml:iris@latest, mode: download}",
        "  mounted: {path: 'azureml:table:1'}",
        "  copied: {path: azureml:table@latest, mode: download}",
        "environment: {image: python}",
      ].join("\n"),
    );

    const name = await completed("read.yml");

    assert.match(await driverLog(name), /^a,b\n1,2\na,b\n3,4\n2\nzero\nmore\n$/);
    const { inputs } = await shown("job", "show", "-n", name);
    assert.equal(inputs?.["old"]?.path, "azureml:iris:1");
    assert.equal(inputs?.["new"]?.path, "azureml:iris:2");
    const used = await shown("data", "show", "-n", "iris", "-v", "2", "--lineage");
    assert.deepEqual(
      used.lineage?.used_by.map(({ job_name, input }) => [job_name, input]),
      [[name, "new"]],
    );
  });

  it("gives data to jobs of the first dialect", async () => {
    await home.file(
      "old.yml",
      "command: cat {inputs.table}\ninputs: {table: {data: azureml:iris:1, mode: mount}}\nenvironment: {docker: {image: python}}\ncompute: {target: local}\n",
    );
    assert.equal(await driverLog(await completed("old.yml")), "a,b\n1,2\n");
    await home.file(
      "unknown.yml",
      (await readFile(join(home.work, "old.yml"), "utf8")).replace("iris:1", "irs:1"),
    );
    await refused(/no data.* named irs[^]*iris/, "job", "create", "-f", "unknown.yml");
  });

  it("makes models of what a job has kept, and knows where they and their data come from", async () => {
    await home.file(
      "train/train.py",
      "import os\nos.makedirs('outputs/tree', exist_ok=True)\nopen('outputs/tree/weights.bin', 'w').write('w' * 1000)\nopen('outputs/tree/MLmodel', 'w').write('m')\n",
    );
    await home.file(
      "train.yml",
      [
        "code: train",
        "command: python train.py && mkdir -p ${{outputs.trained}} && echo named > ${{outputs.trained}}/n.txt",
        "inputs: {data: {type: uri_file, path: 'azureml:iris:2'}}",
        "outputs: {trained: {type: uri_folder}}",
        "environment: {image: python}",
      ].join("\n"),
    );
    const run = await completed("train.yml");

    const byRun = await shown("model", "create", "-n", "tree", "--path", `runs:/${run}/outputs/tree`);
    const file = `azureml://jobs/${run}/outputs/artifacts/paths/outputs/tree/weights.bin`;
    const byJob = await shown("model", "create", "-n", "weights", "--path", file, "--stage", "Production");
    const named = await shown(
      "model",
      "create",
      "-n",
      "named",
      "--path",
      `azureml://jobs/${run}/outputs/trained`,
    );

    assert.deepEqual([byRun.version, byJob.version, named.version], ["1", "1", "1"]);
    assert.equal(byJob.stage, "Production");
    const { lineage } = await shown("model", "show", "-n", "tree", "--lineage");
    assert.equal(lineage?.made_by?.job_name, run);
    assert.match(lineage.made_by.code!, /^azureml:\/\/snapshots\/[0-9a-f]{64}$/);
    assert.deepEqual(lineage.made_by.inputs, { data: "azureml:iris:2" });
    const tree = await ok("model", "show", "-n", "tree", "-v", "1", "--lineage", "-o", "table");
    assert.match(tree, new RegExp(`^model tree:1 \\(latest\\)\n├─ made by ${run} of `));
    assert.match(tree, /input {8}data = data iris:2/);
    const data = await shown("data", "show", "-n", "iris", "-v", "2", "--lineage");
    assert.ok(data.lineage?.used_by.some(({ job_name, input }) => job_name === run && input === "data"));
    await refused(
      /has kept nothing at outputs\/tre\b/,
      "model",
      "create",
      "-n",
      "x",
      "--path",
      `runs:/${run}/outputs/tre`,
    );
  });

  it("downloads a model, only what is missing, and never through a link", async () => {
    await ok("model", "download", "-n", "tree", "-v", "1", "-p", "got");
    await ok("model", "download", "-n", "weights", "-p", "got");
    assert.equal(await readFile(join(home.work, "got/tree/weights.bin"), "utf8"), "w".repeat(1000));
    assert.equal(await readFile(join(home.work, "got/weights/weights.bin"), "utf8"), "w".repeat(1000));
    await rm(join(home.work, "got/tree/MLmodel"));

    const again = await home.run("model", "download", "-n", "tree", "-p", "got");

    assert.match(again.stderr, /1 was there already/);
    assert.equal(await readFile(join(home.work, "got/tree/MLmodel"), "utf8"), "m");
    const folder = await shown("model", "create", "-n", "deep", "--path", "files/table");
    assert.equal(folder.version, "1");
    await mkdir(join(home.work, "elsewhere"));
    await mkdir(join(home.work, "linked/deep"), { recursive: true });
    await symlink(join(home.work, "elsewhere"), join(home.work, "linked/deep/sub"));
    await refused(/is a link/, "model", "download", "-n", "deep", "-p", "linked");
    assert.deepEqual(await readdir(join(home.work, "elsewhere")), []);
  });

  it("moves labels and stages, and keeps properties", async () => {
    await ok("model", "create", "-n", "tree", "--path", "files/table");
    const update = (version: string, ...words: string[]) =>
      shown("model", "update", "-n", "tree", "-v", version, ...words);

    await update("1", "--set", "stage=Production", "tags.a=b", "--add", "properties", "p=q");
    const second = await update("2", "--set", "stage=Production", "--add-label", "good");

    assert.equal(second.stage, "Production");
    assert.deepEqual(second.labels.toSorted(), ["Production", "good", "latest"]);
    const first = await shown("model", "show", "-n", "tree", "-v", "1");
    assert.equal(first.stage, undefined);
    assert.deepEqual(first.tags, { a: "b" });
    assert.equal((await shown("model", "show", "-n", "tree", "-l", "good")).version, "2");
    await refused(/propert/i, "model", "update", "-n", "tree", "-v", "1", "--remove", "properties.p");
    await ok("model", "archive", "-n", "tree", "-v", "2");
    assert.equal((await shown("model", "show", "-n", "tree")).version, "1");
    await ok("model", "restore", "-n", "tree");
    assert.equal((await shown("model", "show", "-n", "tree")).version, "2");
    await ok("model", "delete", "-n", "tree", "-v", "2", "-y");
    assert.equal((await home.run("model", "show", "-n", "tree", "-v", "2")).code, 3);
    assert.equal((await shown("model", "create", "-n", "tree", "--path", "files/iris.csv")).version, "3");
  });

  it("runs a job in a registered environment", async () => {
    await home.file("env.yml", "name: plain\nversion: 4\ndocker: {image: python}\ndescription: bare\n");
    await ok("environment", "create", "-f", "env.yml");
    await home.file("in-env.yml", "command: echo inside\nenvironment: azureml:plain@latest\n");

    const name = await completed("in-env.yml");

    const job = JSON.parse(await ok("job", "show", "-n", name)) as { environment: string };
    assert.equal(job.environment, "azureml:plain:4");
    assert.equal((await shown("environment", "show", "-n", "plain", "--version", "4")).version, "4");
  });

  it("goes on with an upload that was interrupted", async () => {
    for (let index = 0; index < 100; index++) {
      await home.file(`big/${index}.bin`, `${index}`.repeat(1 << 20).slice(0, 1 << 20));
    }
    const files = async () => (await readdir(join(home.folder, "blobs"), { recursive: true })).length;
    const sizeBefore = await files();
    const uploading = home.start("data", "create", "-n", "big", "--path", "big");
    const ended = once(uploading, "exit");
    // The server's store grows as soon as the first of it has arrived.
    while (uploading.exitCode === null && (await files()) === sizeBefore) await new Promise(setImmediate);
    uploading.kill("SIGINT");
    const [code] = (await ended) as [number];

    const again = await home.run("data", "create", "-n", "big", "--path", "big");
    const third = await home.run("data", "create", "-n", "big", "--path", "big");

    assert.equal(code, 130);
    assert.equal(again.code, 0, again.stderr);
    // A server on the same machine may have had all of it by then.
    const [, megabytes = "0"] =
      /Uploaded ([\d.]+) MB; it holds 100 files \(104\.9 MB\)|nothing was sent/.exec(again.stderr) ?? [];
    assert.ok(Number(megabytes) < 104 && /104\.9 MB/.test(again.stderr), again.stderr);
    assert.match(third.stderr, /nothing was sent/);
  });

  it("never prints a datastore's secret, unless it is asked to", async () => {
    const secret = "hush-c2VjcmV0";
    await home.file(
      "store.yml",
      `name: bucket\ntype: s3\nbucket: b\nendpoint: http://127.0.0.1:9\ncredentials: {access_key_id: id, secret_access_key: ${secret}}\n`,
    );

    const outputs = [
      await home.run("datastore", "create", "-f", "store.yml"),
      await home.run("datastore", "show", "-n", "bucket"),
      await home.run("datastore", "list", "-o", "yaml"),
      await home.run("datastore", "update", "-n", "bucket", "--set", "description=changed"),
      await home.run("datastore", "create", "-f", "store.yml", "--set", "bukket=1", "--debug"),
    ];

    for (const { stdout, stderr } of outputs) assert.doesNotMatch(stdout + stderr, /hush/);
    assert.deepEqual(
      outputs.map(({ code }) => code),
      [0, 0, 0, 0, 1],
    );
    const asked = await ok(
      "datastore",
      "show",
      "-n",
      "bucket",
      "-i",
      "--query",
      "credentials.secret_access_key",
      "-o",
      "tsv",
    );
    assert.equal(asked.trim(), secret);
    for (const name of await readdir(home.folder, { recursive: true })) {
      const text = await readFile(join(home.folder, name), "latin1").catch(() => "");
      assert.ok(!text.includes(secret), `${name} holds the secret`);
    }
    await ok("datastore", "delete", "-n", "bucket", "-y");
    assert.equal((await home.run("datastore", "show", "-n", "bucket")).code, 3);
  });

  it("answers the workspace's commands without harm", async () => {
    assert.equal(await ok("ml", "workspace", "list-keys", "-g", "group", "-w", "main"), "{}\n");
    assert.match(
      await ok("ml", "data", "show", "--name", "iris", "--query", "version", "-o", "tsv"),
      /^\d\n$/,
    );
    assert.match(await ok("workspace", "list", "--query", "[0].mlflow_tracking_uri", "-o", "tsv"), /^http/);
    await home.file("workspace.yml", "name: w\nfriendly_name: W\n");
    await ok("workspace", "create", "-f", "workspace.yml");
    const words = ["--set", "tags.team=a b", "--description", "ours", "-d", "Our models"];
    await ok("workspace", "update", ...words, "--tags", "old=1");
    await ok("workspace", "update", "--remove", "tags.old");
    const query = "[display_name, description, tags.team, tags.old]";
    assert.equal(
      await ok("workspace", "show", "--query", query, "-o", "tsv"),
      "Our models\nours\na b\nNone\n",
    );
    await refused(/cannot be deleted/, "workspace", "delete", "-y", "--all-resources");
    await access(join(home.folder, "trainyard.db"));
  });
});
