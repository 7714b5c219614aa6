import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startLanguageServer } from "../../../test/support/language-server.ts";
import type { LanguageServer } from "../../../test/support/language-server.ts";

const schema = (name: string) => new URL(`../../../schemas/${name}.schema.json`, import.meta.url).href;

describe("in an editor, a job file", () => {
  let server: LanguageServer;
  before(async () => {
    server = await startLanguageServer({
      schemas: { [schema("command-job")]: "*.job.yml", [schema("sweep-job")]: "*.sweep.yml" },
      schemaStore: { enable: false },
      validate: true,
      completion: true,
      hover: true,
    });
  });
  after(() => server[Symbol.asyncDispose]());

  const file = (name: string) => `file:///work-folder/${name}`;
  const at = (uri: string, line: number, character: number) => ({
    textDocument: { uri },
    position: { line, character },
  });
  const labels = (answer: unknown) =>
    (answer as { items: { label: string }[] }).items.map(({ label }) => label);

  it("is without complaint when it is right", async () => {
    const text = "command: python train.py\ncode: src\nenvironment: python:3.11\ncompute: local\n";
    assert.deepEqual(await server.open(file("right.job.yml"), text), []);
  });

  it("shows an unknown key and a wrong value where they stand", async () => {
    const text =
      "command: python train.py\nenvironment: {image: python, conda: x}\nresources: {instance_count: many}\nimage: python\n";

    const found = await server.open(file("wrong.job.yml"), text);

    const lines = found.map(({ message, range }) => `${range.start.line}: ${message}`).toSorted();
    assert.match(lines.join("\n"), /1: Property conda is not allowed/);
    assert.match(lines.join("\n"), /2: Incorrect type. Expected one of integer/);
    assert.match(lines.join("\n"), /3: Property image is not allowed/);
  });

  it("is completed by key and by value", async () => {
    const uri = file("open.job.yml");
    await server.open(
      uri,
      "command: x\nenvironment: python\ninputs:\n  a:\n    mode: \nqueue_settings:\n  \n",
    );

    const modes = labels(await server.ask("textDocument/completion", at(uri, 4, 10)));
    assert.ok(modes.includes("ro_mount") && modes.includes("download"), modes.join(" "));
    const keys = labels(await server.ask("textDocument/completion", at(uri, 6, 2)));
    assert.ok(keys.includes("job_tier") && keys.includes("priority"), keys.join(" "));
  });

  it("explains a key under the pointer", async () => {
    const uri = file("hover.job.yml");
    await server.open(uri, "command: x\nenvironment: python\nlimits:\n  timeout: 5\n");

    const answer = JSON.stringify(await server.ask("textDocument/hover", at(uri, 3, 4)));
    assert.match(answer, /longest time in Running/);
  });

  it("says by itself which dialect it is in, with a comment", async () => {
    const text = `# yaml-language-server: $schema=${schema("command-job-a")}\ncommand: x\nenvironment: azureml:e:1\ncompute: local\n`;

    const found = await server.open(file("by-comment.yml"), text);

    assert.equal(found.length, 1);
    assert.equal(found[0]?.range.start.line, 3, "compute is a mapping in dialect A");
  });

  it("of a sweep shows what is wrong, offers each policy's and each distribution's keys, and explains them", async () => {
    const trial = "type: sweep\ntrial: {command: python train.py, environment: python:3.11}\n";
    const rest =
      "sampling_algorithm: {type: bayesian, seed: 1}\nobjective: {primary_metric: loss, goal: minimize}\n";
    const space = "search_space: {lr: {type: loguniform, min_value: -6, max_value: -1}}\n";
    assert.deepEqual(await server.open(file("right.sweep.yml"), trial + rest + space), []);

    const wrong = `${trial}${rest}search_space: {lr: {type: uniform, min_value: 0, most: 1}}\nmax_total_trials: 3\n`;
    const found = (await server.open(file("wrong.sweep.yml"), wrong)).map(
      ({ message, range }) => `${range.start.line}: ${message}`,
    );
    assert.match(found.join("\n"), /4: (Missing property "max_value"|Property most is not allowed)/);
    assert.match(found.join("\n"), /5: Property max_total_trials is not allowed/);

    const uri = file("open.sweep.yml");
    const open = `${trial}${rest}${space}early_termination:\n  type: bandit\n  \nlimits:\n  trial_timeout: 60\n`;
    await server.open(uri, open);
    const keys = labels(await server.ask("textDocument/completion", at(uri, 7, 2)));
    assert.ok(keys.includes("slack_factor") && keys.includes("delay_evaluation"), keys.join(" "));
    const hover = JSON.stringify(await server.ask("textDocument/hover", at(uri, 9, 6)));
    assert.match(hover, /longest time of each trial/);
  });
});
