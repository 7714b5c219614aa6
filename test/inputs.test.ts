// Inputs and outputs of every kind through the real command line, server and agent.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { readText } from "../src/api/client.ts";
import { azuriteKey, startAzurite } from "../src/datastores/azurite.fixture.ts";
import type { Azurite } from "../src/datastores/azurite.fixture.ts";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";
import { untilState } from "./support/until-state.ts";

const megabyte = 1 << 20;

/** Jobs of this home, by what their YAML says. */
function jobsOf(home: () => TestHome) {
  const create = async (yaml: string): Promise<string> => {
    const file = `job-${crypto.randomUUID()}.yml`;
    await home().file(file, yaml);
    const created = await home().run("job", "create", "-f", file, "--query", "name", "-o", "tsv");
    assert.equal(created.code, 0, created.stderr);
    return created.stdout.trim();
  };
  const end = async (name: string) => {
    await home().run("job", "stream", "-n", name);
    const client = await home().client();
    return client.getJob({ params: { run: name } });
  };
  const text = async (run: string, path = "azureml-logs/70_driver_log.txt") => {
    const client = await home().client();
    return readText(await client.readArtifact({ params: { run }, query: { path } }));
  };
  const log = async (yaml: string) => {
    const name = await create(yaml);
    const job = await end(name);
    assert.equal(job.state, "Completed", job.reason);
    return text(name);
  };
  const failure = async (yaml: string) => {
    const job = await end(await create(yaml));
    assert.equal(job.state, "Failed");
    return job.reason;
  };
  return { create, end, text, log, failure };
}

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const withInput = (command: string, path: string, mode = "ro_mount") => `
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: ${JSON.stringify(command)}
environment: {image: python}
compute: local
inputs:
  table: {type: uri_file, path: ${JSON.stringify(path)}, mode: ${mode}}
`;

const diskUse = (path: string): number => {
  const [kilobytes = ""] = execFileSync("du", ["-sk", path], { encoding: "utf8" }).split("\t");
  return Number(kilobytes) * 1024;
};

describe("inputs", { timeout: 300_000 }, () => {
  let home: TestHome;
  const { create, end, text, log, failure } = jobsOf(() => home);
  const agentFolder = () => join(home.folder, "agents", "local");

  before(async () => {
    home = await openTestHome();
  });
  after(() => home[Symbol.asyncDispose]());

  it("that are mounted by several jobs at once take their disk once, and nobody can write to them", async () => {
    const sizeBytes = 32 * megabyte;
    await writeFile(join(home.work, "big.bin"), Buffer.alloc(sizeBytes, "0123456789abcdef"));
    const gate = join(home.work, "gate");
    const command = `wc -c < {inputs.data}; stat -c %a {inputs.data}; until [ -e ${gate} ]; do sleep 0.05; done`;
    const yaml = `command: ${JSON.stringify(command)}\nenvironment: {docker: {image: python}}\ncompute: {target: local}\ninputs: {data: {data: {local_path: big.bin}, mode: mount}}\n`;
    const names = await Promise.all(Array.from({ length: 10 }, () => create(yaml)));
    const client = await home.client();
    for (const name of names) await untilState(client, name, "Queued");

    const used = diskUse(agentFolder());
    await writeFile(gate, "");

    assert.ok(used >= sizeBytes, `${used}`);
    assert.ok(used < 1.2 * sizeBytes, `${used} bytes of disk for ten jobs and ${sizeBytes} bytes`);
    for (const name of names) {
      assert.equal((await end(name)).state, "Completed");
      assert.equal(await text(name), `${sizeBytes}\n444\n`);
    }
  });

  it("that are downloaded are the job's own, and writable", async () => {
    await home.file("own/table.csv", "1,2\n");
    const command = "echo 3,4 >> ${{inputs.table}}/table.csv && cat ${{inputs.table}}/table.csv";
    const yaml = withInput(command, "./own", "download").replace("uri_file", "uri_folder");

    assert.equal(await log(yaml), "1,2\n3,4\n");
    assert.equal(await log(yaml), "1,2\n3,4\n", "the next job finds what was submitted");
  });

  it("from a server that lies, redirects in circles or breaks off end the job with the input's name", async (t) => {
    const { url, close } = await serve((request, response) => {
      if (request.url === "/round") response.writeHead(302, { location: "/round" }).end();
      else if (request.url === "/broken") {
        response.writeHead(200, { "content-length": 100 });
        response.write("half", () => response.destroy());
      } else if (request.url === "/gone") response.writeHead(404).end();
      else response.end("1,2,3\n");
    });
    t.after(close);
    const command = "cat ${{inputs.table}}";

    assert.equal(await log(withInput(command, `${url}/fine.csv`)), "1,2,3\n");
    for (const [path, words] of [
      ["round", /redirects more than 5 times/],
      ["broken", /it broke off/],
      ["gone", /the answer was 404/],
    ] as const) {
      const error = await failure(withInput(command, `${url}/${path}`));
      assert.match(error, words);
      assert.ok(error.startsWith(`input table: ${url}/${path} could not be downloaded`), error);
    }
    const blobs = await readdir(join(agentFolder(), "blobs"), { recursive: true });
    assert.deepEqual(
      blobs.filter((name) => name.endsWith(".temp")),
      [],
      "no half file is left",
    );
  });

  it("of dialect C may be literals, optional, or left out with their part of the command", async () => {
    const yaml = `
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: >-
  echo rate=\${{inputs.rate}} $[[ --depth \${{inputs.depth}} ]] $AZUREML_PARAMETER_rate &&
  echo model > \${{outputs.model}}/model.txt && [ "$AZURE_ML_OUTPUT_model" = \${{outputs.model}} ] &&
  [ "$AZURE_ML_INPUT_table" = "$AZUREML_DATAREFERENCE_table" ] && cat $AZURE_ML_INPUT_table
environment: {image: python}
compute: local
inputs:
  rate: 0.5
  depth: {type: integer, optional: true}
  table: {type: uri_file, path: c.csv}
outputs:
  model: {type: uri_folder, mode: upload}
`;
    await home.file("c.csv", "c\n");

    assert.equal(await log(yaml), "rate=0.5 0.5\nc\n");
    const withDepth = yaml.replace("optional: true", "default: 3");
    assert.equal(await log(withDepth), "rate=0.5 --depth 3 0.5\nc\n");
  });

  it("come from the workspace's own datastore, and outputs go there", async () => {
    const first = await create(`
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: echo trained > \${{outputs.model}}/model.txt; echo $AZUREML_RUN_ID > \${{outputs.named}}/name.txt
environment: {image: python}
compute: local
outputs:
  model: {type: uri_folder, path: "azureml://datastores/workspaceblobstore/paths/models/iris/"}
  named:
    type: uri_folder
    path: "azureml://datastores/\${{default_datastore}}/paths/azureml/\${{name}}/\${{output_name}}/"
`);
    assert.equal((await end(first)).state, "Completed");
    assert.equal(await text(first, "named-outputs/model/model.txt"), "trained\n");

    const path = "azureml://datastores/workspaceblobstore/paths/models/iris";
    assert.equal(await log(withInput("ls ${{inputs.table}}", path)), "model.txt\n");
    assert.equal(await log(withInput("cat ${{inputs.table}}", `${path}/model.txt`)), "trained\n");
    const own = `azureml://datastores/workspaceblobstore/paths/azureml/${first}/named/name.txt`;
    assert.equal(await log(withInput("cat ${{inputs.table}}", own)), `${first}\n`);
    assert.match(
      await failure(withInput("true", `${path}-none`)),
      /^input table: the datastore workspaceblobstore has no file or folder models\/iris-none/,
    );
  });

  it("leave the lock of the environment with the run", async () => {
    const name = await create(
      "command: 'true'\nenvironment: {docker: {image: python}}\ncompute: {target: local}\n",
    );
    await end(name);

    assert.match(await text(name, "system_logs/environment-lock.txt"), /^# .*\n# platform: \w+-\w+\n/);
  });
});

describe("a datastore's secret", { timeout: 120_000 }, () => {
  let home: TestHome;
  let azurite: Azurite;
  const { create, end, text, failure } = jobsOf(() => home);
  /** As it is, and as it would look in an address or encoded once more. */
  const forms = [azuriteKey, encodeURIComponent(azuriteKey), Buffer.from(azuriteKey).toString("base64")];
  const holdsSecret = (content: string | Buffer) => forms.some((form) => content.includes(form));

  before(async () => {
    home = await openTestHome();
    azurite = await startAzurite();
  });
  after(async () => {
    azurite.stop();
    await home[Symbol.asyncDispose]();
  });

  it("is found in no log, event, answer, process or file while a job uses it", async () => {
    await home.run("server", "start");
    const settings = await azurite.newContainer();
    const blob = azurite.service
      .getContainerClient(settings["container_name"]!)
      .getBlockBlobClient("iris/data.csv");
    await blob.upload("5.1,3.5\n", 8);
    const client = await home.client();
    await client.saveDatastore({
      params: { datastore: "cloud" },
      body: { type: "azure_blob", settings, secrets: { account_key: azuriteKey } },
    });
    const gate = join(home.work, "gate");
    const command =
      "cat ${{inputs.table}}; env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n' | " +
      `grep -a DefaultEndpoints; echo o > \${{outputs.model}}/o.txt; until [ -e ${gate} ]; do sleep 0.05; done`;
    const yaml = `${withInput(command, "azureml://datastores/cloud/paths/iris/data.csv")}
outputs:
  model: {type: uri_folder, path: "azureml://datastores/cloud/paths/models"}
`;

    const name = await create(yaml);
    await untilState(client, name, "Running");

    assert.deepEqual(await filesWith(home.folder, holdsSecret), [], "while the job runs");
    for (const pid of await home.processes()) {
      for (const file of ["cmdline", "environ"]) {
        const content = await readFile(`/proc/${pid}/${file}`).catch(() => "");
        assert.ok(!holdsSecret(content), `${file} of process ${pid}`);
      }
    }
    await writeFile(gate, "");
    const job = await end(name);

    assert.equal(job.state, "Completed", job.reason);
    const log = await text(name);
    assert.match(log, /^5\.1,3\.5\n/);
    assert.ok(!holdsSecret(log));
    const answers = [
      job,
      await client.listEvents({ query: {} }),
      await client.listDatastores({}),
      await client.getDatastore({ params: { datastore: "cloud" } }),
    ];
    assert.ok(!holdsSecret(JSON.stringify(answers)));
    for (const args of [
      ["datastore", "show", "-n", "cloud", "-o", "yaml"],
      ["job", "show", "-n", name, "-o", "yaml"],
    ]) {
      const { stdout, stderr } = await home.run(...args);
      assert.notEqual(stdout, "");
      assert.ok(!holdsSecret(stdout + stderr), args.join(" "));
    }
    assert.deepEqual(await filesWith(home.folder, holdsSecret), [], "after the job");
    const container = azurite.service.getContainerClient(settings["container_name"]!);
    assert.equal((await container.getBlobClient("models/o.txt").downloadToBuffer()).toString(), "o\n");
  });

  it("that is wrong ends the job with the input's and the store's name, and is not told", async () => {
    const canary = Buffer.from("a wrong key that nobody may see").toString("base64");
    const client = await home.client();
    const settings = await azurite.newContainer();
    await client.saveDatastore({
      params: { datastore: "locked" },
      body: { type: "azure_blob", settings, secrets: { account_key: canary } },
    });

    const error = await failure(withInput("true", "azureml://datastores/locked/paths/x.csv"));

    assert.match(
      error,
      /^input table: x\.csv in the container .* of locked may not be reached with the cred/,
    );
    assert.deepEqual(await filesWith(home.folder, (content) => content.includes(canary)), []);
  });
});

/** Settings of the server and of the agent that it starts. */
function setVariables(t: TestContext, variables: Record<string, string>): void {
  Object.assign(process.env, variables);
  t.after(() => Object.keys(variables).forEach((name) => delete process.env[name]));
}

describe("an address", { timeout: 120_000 }, () => {
  it("that stalls or lies about its length ends the job with the input's name, and nothing of it is kept", async (t) => {
    setVariables(t, { TRAINYARD_STALL_SECONDS: "1" });
    await using home = await openTestHome();
    const { url, close } = await serve((request, response) => {
      if (request.url === "/stalls") return;
      // A bare answer on the socket: Node's own server would not let itself lie.
      response.socket?.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more");
    });
    t.after(close);

    for (const [path, words] of [
      ["stalls", /nothing arrived for 1 seconds$/],
      ["lies", /more bytes came than were announced/],
    ] as const) {
      const error = await jobsOf(() => home).failure(withInput("true", `${url}/${path}`));
      assert.match(error, words);
      assert.ok(error.startsWith(`input table: ${url}/${path} could not be downloaded: `), error);
    }
    const blobs = join(home.folder, "agents", "local", "blobs");
    const kept = await readdir(blobs, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      kept.filter((entry) => entry.isFile()).map(({ name }) => name),
      [],
    );
  });

  it("that is private is refused by an agent that may not reach such", async (t) => {
    setVariables(t, { TRAINYARD_FORBID_PRIVATE_ADDRESSES: "true" });
    await using home = await openTestHome();
    const { url, close } = await serve((_request, response) => response.end("not for you"));
    t.after(close);

    const error = await jobsOf(() => home).failure(withInput("true", `${url}/x.csv`));

    assert.match(
      error,
      /^input table: .*x\.csv could not be downloaded: 127\.0\.0\.1 is an address of this machine/,
    );
  });
});

/** Every file below the folder with such content, databases and logs too. */
async function filesWith(folder: string, isMeant: (content: Buffer) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || (await stat(path).catch(() => undefined)) === undefined) continue;
    if (isMeant(await readFile(path).catch(() => Buffer.alloc(0)))) found.push(path);
  }
  return found;
}
