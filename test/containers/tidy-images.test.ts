// Built images have a cap: what was unused longest goes, what a job uses stays, and so do other people's.
import assert from "node:assert/strict";
import { hostname, userInfo } from "node:os";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { images, requireDocker } from "../support/docker.ts";
import type { Docker } from "../support/docker.ts";
import { openContainerHome } from "./container-home.ts";

const nowhere = "/nowhere/at/all";

/** Two megabytes of its own, and the cap is one. */
const job = (stamp: string, command: string) =>
  `command: ${JSON.stringify(command)}
environment: {build: {path: ctx, dockerfile: ${JSON.stringify(`FROM ${images.plain}\nRUN head -c 2000000 /dev/urandom > /own && echo ${stamp} > /stamp\n`)}}}
compute: local
`;

it(
  "built images over the cap go, unless a job uses them or they are not ours",
  { timeout: 300_000 },
  async (t) => {
    const docker = await requireDocker(t);
    if (!docker) return;
    process.env["TRAINYARD_ENVIRONMENTS_GIB"] = "0.001";
    await using home = await openContainerHome(docker);
    t.after(() => delete process.env["TRAINYARD_ENVIRONMENTS_GIB"]);
    await home.file("ctx/note.txt", "nothing is copied\n");
    const ofHome = async () =>
      (await listTags(docker, `trainyard.environments=${home.folder}/agents/local/environments`)).toSorted();

    const busy = await home.submit(
      "busy",
      job("busy", "echo under$((40+2))way; until [ -e outputs/stop ]; do sleep 0.1; done"),
    );
    await home.untilLogged(busy, "under42way");
    const [inUse] = await ofHome();
    assert.ok(inUse, await docker.run("images", "--format", "{{.Repository}}:{{.Tag}}"));
    const idle = await home.runJob("idle", job("idle", "cat /stamp"));
    assert.equal(idle.status, "Completed", idle.shown);
    const [unused] = (await ofHome()).filter((tag) => tag !== inUse);
    const orphan = `trainyard/environment:orphan-${process.pid}`;
    await commitOrphan(docker, orphan);
    t.after(() => docker.run("rmi", orphan).catch(() => {}));
    const own = `trainyard-test/own:${process.pid}`;
    await docker.run("tag", orphan, own);
    t.after(() => docker.run("rmi", own));

    const next = await home.runJob("next", job("next", "cat /stamp"));
    assert.equal(next.status, "Completed", next.shown);

    while (
      (await ofHome()).includes(unused ?? "") ||
      (await listTags(docker, `trainyard.environments=${nowhere}`)).includes(orphan)
    )
      await sleep(200);
    assert.ok((await ofHome()).includes(inUse));
    assert.deepEqual(await listTags(docker, `trainyard.environments=${nowhere}`), [own]);
    assert.equal(await stop(), "Canceled");

    async function stop(): Promise<string> {
      await home.run("job", "cancel", "-n", busy);
      return (await home.ended(busy)).status;
    }
  },
);

const listTags = async (docker: Docker, label: string): Promise<string[]> =>
  (await docker.run("images", "--filter", `label=${label}`, "--format", "{{.Repository}}:{{.Tag}}"))
    .split("\n")
    .filter((line) => line !== "");

/** An image as one of this user's homes built it, which is gone. */
async function commitOrphan(docker: Docker, tag: string): Promise<void> {
  const labels = {
    "trainyard.environments": nowhere,
    "trainyard.image-host": hostname(),
    "trainyard.image-user": String(userInfo().uid),
  };
  const given = Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`);
  const id = await docker.run("create", ...given, images.plain, "true");
  await docker.run("commit", id, tag);
  await docker.run("rm", id);
}
