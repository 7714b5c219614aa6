// Images of every kind, with a real container engine: what jobs find inside, and what is said when one cannot be had.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { images, requireDocker } from "../support/docker.ts";
import type { Docker } from "../support/docker.ts";
import { openContainerHome } from "./container-home.ts";
import type { ContainerHome } from "./container-home.ts";

const job = (command: string, environment: string, rest = "") =>
  `command: ${JSON.stringify(command)}\nenvironment: ${environment}\ncompute: {target: local}\n${rest}`;
const imageOf = (image: string) => `{docker: {image: "${image}"}}`;
const buildLog = "azureml-logs/20_image_build_log.txt";

describe("an image", { timeout: 600_000 }, () => {
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

  it("is what the job finds, with its code, its Python client and the server's address", async (t) => {
    if (await skips(t)) return;
    await home.file(
      "src/train.py",
      "from azureml.core import Run\nrun = Run.get_context()\nrun.log('loss', 0.5)\nprint('trained')\n",
    );
    const command = `python src/train.py && cat /etc/debian_version && id -u && python -c "import os, urllib.request; print(urllib.request.urlopen(os.environ['MLFLOW_TRACKING_URI'] + '/healthz').status)"`;
    const text = job(command.replace("src/", ""), imageOf(images.python), "code: {local_path: src}\n");

    const ended = await home.runJob("image", text);

    assert.equal(ended.status, "Completed", ended.shown);
    assert.match(await ended.log(), /^trained\n12\.\d+\n0\n200\n$/);
    assert.match(
      ended.shown,
      /note: ran in a container of the image trainyard-test\/python:1 \([0-9a-f]{12}\) by Docker [\d.]+.*: Python 3\./,
    );
    assert.match(await ended.log("system_logs/environment-lock.txt"), /^# python-version: 3\.[\s\S]*^pip==/m);
    assert.deepEqual(await docker.containers(home.folder), []);
  });

  it("needs no Python, and no bash", async (t) => {
    if (await skips(t)) return;
    const command = "command -v python3 || echo none; awk 'BEGIN { print 6 * 7 }'";

    const ended = await home.runJob("plain", job(command, imageOf(images.plain)));

    assert.equal(ended.status, "Completed", ended.shown);
    assert.equal(await ended.log(), "none\n42\n");
    assert.match(ended.shown, /: no Python\n/);
  });

  it("without a shell is refused with what to use instead", async (t) => {
    if (await skips(t)) return;
    await home.file("empty/only.txt", "no shell here\n");
    const text = `command: echo never\nenvironment: {build: {path: empty, dockerfile: "FROM scratch\\nCOPY only.txt /\\n"}}\ncompute: local\n`;

    const ended = await home.runJob("empty", text);

    assert.equal(ended.status, "Failed", ended.shown);
    assert.match(
      ended.error!.error.message,
      /no container of the image .* can be started; Docker says:[\s\S]*\/bin\/sh[\s\S]*use an image with a shell/,
    );
  });

  it("that cannot be pulled ends the job with the engine's own words and a way out", async (t) => {
    if (await skips(t)) return;
    const ended = await home.runJob("missing", job("echo never", imageOf("127.0.0.1:9/nobody/nothing:1")));

    assert.equal(ended.status, "Failed");
    assert.match(
      ended.error!.error.message,
      /the image 127\.0\.0\.1:9\/nobody\/nothing:1 could not be pulled; Docker says:\n {2}.*dial tcp 127\.0\.0\.1:9.*\n.*could not reach the registry[\s\S]*trainyard\.containers: never/,
    );
    assert.match(await ended.log(buildLog), /pulling the image[\s\S]*Docker: .*dial tcp/);
  });

  it("is left aside when the job says so, and the run tells", async (t) => {
    if (await skips(t)) return;
    const inFile = job(
      "command -v python3 && echo outside",
      `{docker: {image: "${images.plain}", enabled: false}}`,
    );
    const byProperty = job(
      "command -v python3 && echo outside",
      imageOf(images.plain),
      "properties: {trainyard.containers: never}\n",
    );

    const [first, second] = [await home.runJob("off", inFile), await home.runJob("off-too", byProperty)];

    for (const ended of [first, second]) assert.match(await ended.log(), /outside\n$/);
    assert.match(
      first.shown,
      /was not used: containers are switched off by the environment's docker\.enabled; ran with host Python/,
    );
    assert.match(
      second.shown,
      /was not used: containers are switched off by the job's property trainyard\.containers/,
    );
  });

  it("is built from a Dockerfile and the files it copies, once for one content", async (t) => {
    if (await skips(t)) return;
    const stamp = `${process.pid}-${Date.now()}`;
    await home.file("docker/greeting.txt", `hello from the context ${stamp}\n`);
    await home.file(
      "docker/Dockerfile",
      `FROM ${images.plain}\nCOPY . /context/\nRUN echo building ${stamp}\n`,
    );
    await home.file("docker/.dockerignore", "*.secret\n");
    await home.file("docker/key.secret", "not for the image\n");
    const command = "cat /context/greeting.txt && test ! -e /context/key.secret";
    const text = `command: ${command}\nenvironment: {build: {path: docker}}\ncompute: local\n`;

    const first = await home.runJob("built", text);
    const second = await home.runJob("built-again", text);
    await home.file("docker/greeting.txt", "changed\n");
    const third = await home.runJob("built-anew", text);

    for (const ended of [first, second, third]) assert.equal(ended.status, "Completed", ended.shown);
    assert.match(await first.log("user_logs/std_log.txt"), new RegExp(`^hello from the context ${stamp}\n$`));
    assert.match(
      await first.log(buildLog),
      new RegExp(`Step 1/\\d : FROM[\\s\\S]*building ${stamp}[\\s\\S]*Successfully tagged`),
    );
    assert.equal(await second.log(buildLog), "");
    assert.equal(await third.log("user_logs/std_log.txt"), "changed\n");
    assert.deepEqual(await docker.containers(home.folder), []);
  });

  it("that does not build fails with the failing step's words", async (t) => {
    if (await skips(t)) return;
    const dockerfile = JSON.stringify(`FROM ${images.plain}\nRUN echo about to fail && exit 3\n`);

    const ended = await home.runJob(
      "broken",
      job("echo never", `{docker: {build: {dockerfile: ${dockerfile}}}}`),
    );

    assert.equal(ended.status, "Failed");
    assert.match(
      ended.error!.error.message,
      /could not be built from the Dockerfile; Docker says:\n.*returned a non-zero code: 3/,
    );
    assert.match(await ended.log(buildLog), /about to fail/);
  });

  it("is built by BuildKit when its Dockerfile needs that", async (t) => {
    if (await skips(t)) return;
    const stamp = `${process.pid}-${Date.now()}`;
    const dockerfile = JSON.stringify(
      `FROM ${images.plain}\nRUN --mount=type=cache,target=/var/keep echo ${stamp} > /made.txt && cat /made.txt\n`,
    );

    const ended = await home.runJob(
      "kit",
      job("cat /made.txt", `{docker: {build: {dockerfile: ${dockerfile}}}}`),
    );

    assert.equal(ended.status, "Completed", ended.shown);
    assert.equal(await ended.log(), `${stamp}\n`);
    assert.match(await ended.log(buildLog), new RegExp(`RUN --mount=type=cache[\\s\\S]*^${stamp}$`, "m"));
  });

  it("gets the packages of a conda file on top, built once", async (t) => {
    if (await skips(t)) return;
    const text = job(
      `python -c "import six; print('six', six.__version__)"; which python`,
      `{docker: {image: "${images.python}"}, conda_file: {dependencies: [python>=3, {pip: [six==1.16.0]}]}}`,
    );

    const first = await home.runJob("top", text);
    const second = await home.runJob("top-again", text);

    for (const ended of [first, second]) {
      assert.equal(ended.status, "Completed", ended.shown + (await ended.log(buildLog)));
      assert.match(await ended.log(), /^six 1\.16\.0\n.*\/environments\/.*\/bin\/python\n$/);
      assert.match(await ended.log("system_logs/environment-lock.txt"), /^six==1\.16\.0$/m);
    }
    assert.match(
      await first.log(buildLog),
      /in a container of trainyard-test\/python:1, with pip:[\s\S]*Successfully installed six-1\.16\.0/,
    );
    assert.match(first.shown, /Python 3\.\d+\.\d+ and \d packages on top, built with pip/);
    assert.match(second.shown, /on top, from the cache \(built with pip\)/);
    assert.equal(await second.log(buildLog), "");
  });

  it("that can hold no packages says so", async (t) => {
    if (await skips(t)) return;
    const ended = await home.runJob(
      "no-top",
      job("echo never", `{docker: {image: "${images.plain}"}, conda_file: {dependencies: [numpy]}}`),
    );

    assert.equal(ended.status, "Failed");
    assert.match(ended.error!.error.message, /has neither conda nor Python to build the environment with/);
  });
});
