// The life of a job in a container, with a real engine: data, users and limits, its end by whoever ends it, and that
// nothing of it stays.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { images, requireDocker } from "../support/docker.ts";
import type { Docker } from "../support/docker.ts";
import { kill } from "../support/home.ts";
import { openContainerHome } from "./container-home.ts";
import type { ContainerHome } from "./container-home.ts";

/** Dialect C, which has words for resources. */
const job = (
  command: string,
  {
    image = images.plain,
    resources = "",
    rest = "",
  }: { image?: string; resources?: string; rest?: string } = {},
) =>
  `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: ${JSON.stringify(command)}
environment: {image: "${image}"}
compute: local
resources: {instance_count: 1${resources}}
${rest}`;
const stdLog = "user_logs/std_log.txt";

describe("a job in a container", { timeout: 600_000 }, () => {
  let docker: Docker;
  let home: ContainerHome;

  before(async (t) => {
    const found = await requireDocker(t as TestContext);
    if (!found) return;
    docker = found;
    home = await openContainerHome(docker);
  });
  after(async () => {
    if (home) await home[Symbol.asyncDispose]();
  });
  const skips = async (t: TestContext) => (await requireDocker(t)) === undefined;

  it("reads its inputs, cannot write to them, and its outputs are kept", async (t) => {
    if (await skips(t)) return;
    await home.file("data/a.txt", "one\n");
    const text = job(
      "cat ${{inputs.data}}/a.txt; echo two > ${{inputs.data}}/a.txt || echo refused; echo three > ${{outputs.made}}/b.txt; mkdir -p outputs/deep && echo four > outputs/deep/c.txt",
      { rest: "inputs: {data: {type: uri_folder, path: data}}\noutputs: {made: {type: uri_folder}}\n" },
    );

    const ended = await home.runJob("data", text);

    assert.equal(ended.status, "Completed", ended.shown);
    assert.match(await ended.log(stdLog), /^one\n.*Read-only file system\nrefused\n$/);
    assert.equal(await ended.log("outputs/deep/c.txt"), "four\n");
    assert.equal(await ended.log("named-outputs/made/b.txt"), "three\n");
  });

  it("has the shared memory, the limits and the user that it asks for", async (t) => {
    if (await skips(t)) return;
    const command =
      "df -m /dev/shm | awk 'END { print $2 }'; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; id -u; id -g; echo mine > outputs/mine.txt; mkdir outputs/d; touch outputs/d/e; echo $GREETING; touch $HOME/x && echo home";
    const usual = await home.runJob(
      "usual",
      job("df -m /dev/shm | awk 'END { print $2 }'; stat -c %u outputs"),
    );
    const asked = await home.runJob(
      "asked",
      job(command, {
        resources: ', shm_size: 256m, docker_args: "--memory 300m --user 1234:2345 -e GREETING=hello"',
      }),
    );

    assert.equal(await usual.log(stdLog), `2048\n${process.getuid!()}\n`);
    assert.equal(asked.status, "Completed", asked.shown);
    assert.equal(await asked.log(stdLog), `256\n${300 * 2 ** 20}\n1234\n2345\nhello\nhome\n`);
    assert.equal(await asked.log("outputs/mine.txt"), "mine\n");
    assert.deepEqual(await docker.containers(home.folder), []);
  });

  it("is refused at submit when docker_args make no sense", async (t) => {
    if (await skips(t)) return;
    const file = await home.file("wrong.yml", job("echo never", { resources: ", docker_args: --gpu all" }));

    const created = await home.run("job", "create", "-f", file);

    assert.notEqual(created.code, 0);
    assert.match(created.stderr, /docker_args.*"--gpu", which is not known here; known: .*--gpus/);
  });

  it("that runs out of its memory says so", async (t) => {
    if (await skips(t)) return;
    const command = `exec python -c "x = bytearray(400 << 20)"`;
    const ended = await home.runJob(
      "hungry",
      job(command, { image: images.python, resources: ', docker_args: "-m 64m --memory-swap 64m"' }),
    );

    assert.equal(ended.status, "Failed");
    assert.equal(ended.error!.error.innerError.code, "out-of-memory", JSON.stringify(ended.error));
  });

  it("ends with its exit code, and with the signal that ended it", async (t) => {
    if (await skips(t)) return;
    const code = await home.runJob("code", job("echo last words; exit 7"));
    const signal = await home.runJob("signal", job("sh -c 'kill -SEGV $$'; exit $?"));

    assert.equal(code.exit_code, 7);
    assert.match(code.error!.error.message, /process exited with code 7/);
    assert.match(signal.error!.error.message, /killed by SIGSEGV/);
  });

  it("hears TERM before it is canceled, and leaves nothing", async (t) => {
    if (await skips(t)) return;
    const name = await home.submit(
      "cancel",
      job(
        `trap 'echo heard TERM; exit 0' TERM; (sleep 1000 & echo $!) ; echo ready; while :; do sleep 0.1; done`,
      ),
    );
    await home.untilLogged(name, "ready");

    const canceled = await home.run("job", "cancel", "-n", name);
    const ended = await home.ended(name);

    assert.equal(canceled.code, 0, canceled.stderr);
    assert.equal(ended.status, "Canceled");
    assert.match(await ended.log(stdLog), /heard TERM/);
    assert.deepEqual(await docker.containers(home.folder), []);
  });

  it("is ended at its time limit even when it hears nothing", async (t) => {
    if (await skips(t)) return;
    const ended = await home.runJob(
      "limit",
      job("trap '' TERM; while :; do sleep 0.1; done", { rest: "limits: {timeout: 2}\n" }),
    );

    assert.equal(ended.status, "Canceled", ended.shown);
    assert.match(ended.status_reason, /time limit of 2 seconds/);
    assert.deepEqual(await docker.containers(home.folder), []);
  });

  for (const victims of ["agent", "server", "both"] as const) {
    it(`goes on when the ${victims} dies, and every line is there once`, async (t) => {
      if (await skips(t)) return;
      const name = await home.submit(
        `kill-${victims}`,
        job("i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; sleep 0.05; done"),
      );
      await home.untilLogged(name, "line 10\n");

      const [server, agent] = [await home.server(), await home.agentPid()];
      if (victims !== "agent") kill(server.pid);
      if (victims !== "server") kill(agent);
      const ended = await home.ended(name);

      assert.equal(ended.status, "Completed", ended.shown);
      assert.equal(
        await ended.log(stdLog),
        Array.from({ length: 60 }, (_, index) => `line ${index + 1}\n`).join(""),
      );
      assert.deepEqual(await docker.containers(home.folder), []);
    });
  }

  it("says so when somebody kills its container, or removes it", async (t) => {
    if (await skips(t)) return;
    for (const [deed, message] of [
      ["kill", /killed by SIGKILL/],
      ["rm", /its container is gone|killed by SIGKILL/],
    ] as const) {
      const name = await home.submit(deed, job("echo ready; sleep 1000"));
      await home.untilLogged(name, "ready");
      const [container] = await docker.containers(home.folder);

      await docker.run(...(deed === "kill" ? ["kill", container!] : ["rm", "--force", container!]));
      const ended = await home.ended(name);

      assert.equal(ended.status, "Failed");
      assert.match(ended.error!.error.message, message);
      assert.deepEqual(await docker.containers(home.folder), []);
    }
  });

  it("leaves no container of a build that was killed with its agent", async (t) => {
    if (await skips(t)) return;
    const name = await home.submit(
      "killed-build",
      `command: echo built\nenvironment: {image: "${images.python}", conda_file: {dependencies: [python>=3, {pip: [six==1.15.0]}]}}\ncompute: local\n`,
    );
    while ((await docker.containers(home.folder)).every((one) => !one.startsWith("trainyard-build-")));

    kill(await home.agentPid());
    const ended = await home.ended(name);

    assert.equal(ended.status, "Completed", ended.shown);
    assert.deepEqual(await docker.containers(home.folder), []);
  });

  it("shares its node's container with the other processes there, and is stopped with all of them", async (t) => {
    if (await skips(t)) return;
    const distributed = (command: string) =>
      `command: ${JSON.stringify(command)}
environment: {docker: {image: "${images.plain}"}}
compute: {target: local, instance_count: 2}
distribution: {type: pytorch, process_count: 4}
`;
    const together = await home.runJob(
      "ranks",
      distributed(
        "echo R=$RANK L=$LOCAL_RANK N=$NODE_RANK; echo $RANK >> /tmp/ranks; sleep 1; wc -l < /tmp/ranks",
      ),
    );
    const apart = await home.runJob(
      "apart",
      distributed("if [ $RANK = 2 ]; then sleep 1; exit 5; fi; sleep 1000"),
    );

    assert.equal(together.status, "Completed", together.shown);
    for (const rank of [0, 1, 2, 3]) {
      const said = await together.log(`azureml-logs/70_driver_log_${rank}.txt`);
      assert.equal(said, `R=${rank} L=${rank % 2} N=${rank >> 1}\n2\n`);
    }
    assert.equal(apart.status, "Failed");
    assert.match(apart.error!.error.message, /^rank_2 on .* failed first: process exited with code 5/);
    assert.deepEqual(await docker.containers(home.folder), []);
  });
});
