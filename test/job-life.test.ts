// What people see of a job from submit to download, through the real command line, server and agent.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

interface ShownJob {
  name: string;
  status: string;
  status_reason: string;
  phases: { status: string; reason: string; attempt?: number; elapsed_seconds?: number }[];
  error?: { error: { message: string; innerError: { code: string }; details: { message: string }[] } };
  exit_code?: number;
  queue_position?: number;
}

describe("a job's life", () => {
  let home: TestHome;

  before(async () => {
    home = await openTestHome();
  });
  after(() => home[Symbol.asyncDispose]());

  const write = (name: string, command: string, rest = "") =>
    home.file(
      name,
      `command: ${JSON.stringify(command)}\nenvironment: {docker: {image: python}}\n${rest || "compute: {target: local}"}\n`,
    );
  const create = async (...args: string[]) => {
    const created = await home.run("job", "create", ...args, "--query", "name", "-o", "tsv");
    assert.equal(created.code, 0, created.stderr);
    assert.match(created.stdout, /^\S+\n$/, "only the bare name goes to stdout");
    return created.stdout.trim();
  };
  const show = async (name: string) => {
    const shown = await home.run("job", "show", "-n", name);
    assert.equal(shown.code, 0, shown.stderr);
    return JSON.parse(shown.stdout) as ShownJob;
  };
  const ended = async (name: string) => {
    await home.run("job", "stream", "-n", name);
    return show(name);
  };

  it("goes through Preparing, Queued, Running and Finalizing, each with a reason and its time", async () => {
    await write("plain.yml", "echo hello");

    const job = await ended(await create("-f", "plain.yml"));

    assert.equal(job.status, "Completed");
    assert.deepEqual(
      job.phases.map((phase) => phase.status),
      ["Starting", "Preparing", "Queued", "Running", "Finalizing", "Completed"],
    );
    for (const phase of job.phases) assert.notEqual(phase.reason, "");
  });

  it("merges stdout and stderr in order, and names the same bytes twice", async () => {
    await write("merged.yml", "for i in 1 2 3; do echo out $i; echo err $i >&2; done");

    const name = await create("-f", "merged.yml");
    await ended(name);
    await home.run("job", "download", "-n", name);

    const log = await readFile(join(home.work, name, "azureml-logs/70_driver_log.txt"), "utf8");
    assert.equal(log, "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    assert.equal(await readFile(join(home.work, name, "user_logs/std_log.txt"), "utf8"), log);
  });

  it("keeps outputs and the traceback of a job that fails", async () => {
    await home.file(
      "failing/train.py",
      "open('outputs/half.txt', 'w').write('half')\nraise ValueError('no such luck')\n",
    );
    await write("failing.yml", "python train.py", "code: {local_path: failing}\ncompute: {target: local}");

    const streamed = await home.run("job", "create", "-f", "failing.yml", "--stream");

    assert.equal(streamed.code, 1);
    assert.match(streamed.stderr, /ValueError: no such luck/);
    const name = /RunId: (\S+)/.exec(streamed.stdout)![1]!;
    const job = await show(name);
    assert.equal(job.status, "Failed");
    assert.equal(job.exit_code, 1);
    assert.equal(job.error?.error.message, "ValueError: no such luck");
    assert.equal(job.error.error.innerError.code, "exited-nonzero");
    assert.match(job.error.error.details[0]!.message, /Traceback/);
    assert.equal((await home.run("job", "download", "-n", name, "--outputs")).code, 0);
    assert.equal(await readFile(join(home.work, name, "outputs/half.txt"), "utf8"), "half");
  });

  it("leaves no process behind when it is canceled, even of children that ignore TERM and hide", async () => {
    await write(
      "stubborn.yml",
      "trap '' TERM; setsid sleep 301 & echo partial > outputs/part.txt; echo ready; sleep 302",
    );
    const name = await create("-f", "stubborn.yml");
    await seen(home, name, "ready");

    assert.equal((await home.run("job", "cancel", "-n", name)).code, 0);
    const job = await ended(name);

    assert.equal(job.status, "Canceled");
    assert.deepEqual(await sleepers(home, ["301", "302"]), []);
    await home.run("job", "download", "-n", name, "--outputs");
    assert.equal(await readFile(join(home.work, name, "outputs/part.txt"), "utf8"), "partial\n");
  });

  it("is canceled at its time limit, with the reason", async () => {
    await write("slow.yml", "echo begun; sleep 60", "timeout: 1\ncompute: {target: local}");

    const job = await ended(await create("-f", "slow.yml"));

    assert.equal(job.status, "Canceled");
    assert.match(job.status_reason, /time limit|1 s/);
  });

  it("goes on when the one who watches it presses Ctrl-C", async () => {
    await write("long.yml", "echo first; while [ ! -e go ]; do sleep 0.05; done; echo last");
    const watching = home.start("job", "create", "-f", "long.yml", "--stream");
    let text = "";
    let errors = "";
    watching.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    for await (const chunk of watching.stdout!) {
      text += String(chunk);
      if (text.includes("first\n")) break;
    }
    watching.kill("SIGINT");
    await once(watching, "exit");

    const name = /RunId: (\S+)/.exec(text)![1]!;
    assert.match(errors, /goes on/);
    assert.equal((await show(name)).status, "Running");
    await home.run("job", "cancel", "-n", name);
    assert.equal((await ended(name)).status, "Canceled");
  });

  it("waits for a node of a full cluster, says why, and runs in the order of submission", async () => {
    const made = await home.run(
      "compute",
      "create",
      "-n",
      "one-node",
      "--type",
      "amlcompute",
      "--max-instances",
      "1",
    );
    assert.equal(made.code, 0, made.stderr);
    await write("hold.yml", "echo holding; sleep 30", "compute: {target: 'azureml:one-node'}");
    await write("next.yml", "echo next", "compute: {target: 'azureml:one-node'}");
    const holder = await create("-f", "hold.yml");
    await seen(home, holder, "holding");
    const second = await create("-f", "next.yml");
    const third = await create("-f", "next.yml");
    await stateOf(home, third, "Queued");

    const waiting = await show(third);
    assert.equal(waiting.queue_position, 2);
    assert.match(waiting.status_reason, /one-node: 1 of 1 busy \(\w+\), 1 ahead/);
    await home.run("job", "cancel", "-n", holder);

    assert.equal((await ended(second)).status, "Completed");
    assert.equal((await ended(third)).status, "Completed");
    const client = await home.client();
    const [a, b] = await Promise.all([second, third].map((run) => client.getJob({ params: { run } })));
    assert.ok(a!.endedAt! <= b!.startedAt!, "the second ended before the third began");
  });

  it("ships files in ./logs while it runs", async () => {
    await write(
      "logs.yml",
      "echo one > logs/events.txt; echo ready; while [ ! -e stop ]; do sleep 0.05; done",
    );
    const name = await create("-f", "logs.yml");
    await eventOf(home, name, '"artifact.added","path":"logs/events.txt"');
    const client = await home.client();

    const query = { path: "logs/events.txt", follow: "true" } as const;
    for await (const chunk of await client.readArtifact({ params: { run: name }, query })) {
      assert.equal(Buffer.from(chunk).toString(), "one\n");
      break;
    }

    await home.run("job", "cancel", "-n", name);
    assert.equal((await ended(name)).status, "Canceled");
  });

  it("gives a job's process a token that reaches its own run only", async () => {
    const other = await create("-f", "plain.yml");
    const code = [
      "import json, os, urllib.request",
      "def ask(path):",
      "    request = urllib.request.Request(os.environ['TRAINYARD_URL'] + path)",
      "    request.add_header('Authorization', 'Bearer ' + os.environ['AZUREML_RUN_TOKEN'])",
      "    try: return urllib.request.urlopen(request).status",
      "    except urllib.error.HTTPError as error: return error.code",
      "run = os.environ['AZUREML_RUN_ID']",
      `print(ask('/api/v1/jobs/' + run), ask('/api/v1/jobs'), ask('/api/v1/jobs/${other}'))`,
    ].join("\n");
    await home.file("token/ask.py", code);
    await write("token.yml", "python ask.py", "code: {local_path: token}\ncompute: {target: local}");

    const streamed = await home.run("job", "create", "-f", "token.yml", "--stream");

    assert.match(streamed.stdout, /^200 403 403$/m);
  });
});

/** Waits, without polling, until the job has printed this line. */
async function seen(home: TestHome, run: string, line: string): Promise<void> {
  await stateOf(home, run, "Running");
  const client = await home.client();
  const query = { path: "azureml-logs/70_driver_log.txt", follow: "true" } as const;
  let text = "";
  for await (const chunk of await client.readArtifact({ params: { run }, query })) {
    text += Buffer.from(chunk).toString();
    if (text.includes(`${line}\n`)) return;
  }
  assert.fail(`the job ended without printing ${line}; it printed ${text}`);
}

async function stateOf(home: TestHome, run: string, state: string): Promise<void> {
  await eventOf(home, run, `"state":"${state}"`);
  if (state === "Running") await eventOf(home, run, "70_driver_log");
}

/** Waits for an event of the run that holds this text. */
async function eventOf(home: TestHome, run: string, wanted: string): Promise<void> {
  const client = await home.client();
  let text = "";
  for await (const chunk of await client.watchEvents({ query: { run } })) {
    text += Buffer.from(chunk).toString();
    if (text.includes(wanted)) return;
  }
}

/** Which of these `sleep`s still run. */
async function sleepers(home: TestHome, seconds: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await home.processes()) {
    const line = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    const [program, argument] = line.split("\0");
    if (program?.endsWith("sleep") && argument !== undefined && seconds.includes(argument)) found.push(line);
  }
  return found;
}
