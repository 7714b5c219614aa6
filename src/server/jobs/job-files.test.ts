// Job files that the browser sends.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";

describe("a job file that was sent", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server[Symbol.asyncDispose]());

  const read = (yaml: string) => server.client.readJobFile({ body: { yaml } });
  const environment = "environment: azureml:AzureML-Minimal@latest\ncompute: local\n";

  it("becomes the spec that is to be submitted", async () => {
    const { spec, problems } = await read(
      `type: command\nexperiment_name: demo\ncommand: echo hi\n${environment}`,
    );

    assert.deepEqual(problems, []);
    assert.equal(spec?.command.source, "echo hi");
    const job = await server.client.createJob({ body: { spec } });
    assert.equal(job.experimentName, "demo");
  });

  it("is told of every fault with line and column, of the reader and of this workspace", async () => {
    const unknown = await read(`type: command\ncomand: echo hi\n${environment}`);
    const elsewhere = await read(`type: command\ncommand: echo hi\n${environment.replace("local", "gpus")}`);

    assert.ok(
      unknown.problems.some(
        ({ line, column, message }) =>
          line === 2 && column === 1 && message.includes('Did you mean "command"?'),
      ),
    );
    assert.equal(unknown.spec, null);
    assert.deepEqual(
      elsewhere.problems.map(({ line, message }) => [line, message.slice(0, 32)]),
      [[4, "there is no compute named gpus; "]],
    );
  });

  it("looks at no file of the server's machine, whatever it names", async () => {
    const secret = join(server.home, "secret.yml");
    await writeFile(secret, "hidden: word\n");
    const texts = [
      `type: command\ncommand: echo hi\ncode: ${server.home}\n${environment}`,
      `command: echo hi\ncode: {local_path: /does/not/exist}\nenvironment: {docker: {image: python}}\ncompute: {target: local}\n`,
      `command: echo hi\nenvironment: file:${secret}\ncompute: {target: local}\n`,
      `command: echo hi\nenvironment: {conda_file: ${secret}}\ncompute: {target: local}\n`,
      `command: echo hi\nenvironment: {conda_file: "file:${secret}"}\ncompute: {target: local}\n`,
      `command: echo hi\nenvironment: {docker: {build: {dockerfile: "file:${secret}"}}}\ncompute: {target: local}\n`,
      `type: command\ncommand: echo hi\ncompute: local\nenvironment: {conda_file: ${secret}, image: python}\n`,
      `type: command\ncommand: echo hi\ncompute: local\nenvironment: {build: {path: ${server.home}}}\n`,
      `type: command\ncommand: echo hi\ninputs: {a: {type: uri_file, path: ${secret}}}\n${environment}`,
      `file:${secret}`,
      `type: sweep\ntrial:\n  command: echo \${{search_space.a}}\n  code: ${server.home}\n  environment: {image: python}\ncompute: local\nsearch_space: {a: {type: uniform, min_value: 0, max_value: 1}}\nobjective: {primary_metric: m, goal: minimize}\nsampling_algorithm: random\nlimits: {max_total_trials: 2}\n`,
      `type: sweep\ntrial: file:${secret}\n`,
    ];
    for (const yaml of texts) {
      const { problems, spec } = await read(yaml);
      assert.equal(spec, null, yaml);
      const said = JSON.stringify(problems);
      assert.ok(!said.includes("hidden"), `${yaml}\n${said}`);
      assert.match(said, /not sent along/, `${yaml}\n${said}`);
    }
  });
});
