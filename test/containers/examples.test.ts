// The examples that need a container engine, each trained for real; their images' names are replaced by those at hand.
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { images, requireDocker } from "../support/docker.ts";
import { openContainerHome } from "./container-home.ts";
import type { ContainerHome } from "./container-home.ts";

const examples = join(import.meta.dirname, "..", "..", "examples");

async function runExample(home: ContainerHome, name: string, file: string, image: [string, string]) {
  for (const folder of [name, "iris"])
    await cp(join(examples, folder), join(home.work, folder), { recursive: true });
  const path = join(home.work, name, file);
  const text = await readFile(path, "utf8");
  assert.ok(text.includes(image[0]));
  await writeFile(path, text.replace(...image));
  const created = await home.run(
    "job",
    "create",
    "-f",
    join(name, "job.yml"),
    "--query",
    "name",
    "-o",
    "tsv",
  );
  assert.equal(created.code, 0, created.stderr);
  return home.ended(created.stdout.trim());
}

describe("an example in a container", { timeout: 600_000 }, () => {
  it("trains in the image of its Dockerfile", async (t) => {
    const docker = await requireDocker(t);
    if (!docker) return;
    await using home = await openContainerHome(docker);

    const ended = await runExample(home, "container-dockerfile", "docker/Dockerfile", [
      "python:3.12-slim",
      images.python,
    ]);

    assert.equal(ended.status, "Completed", ended.shown);
    const [, accuracy] = /^accuracy (\d\.\d+) on 30 flowers/m.exec(await ended.log()) ?? [];
    assert.ok(Number(accuracy) > 0.85, ended.shown);
    assert.match(await ended.log("outputs/weights.txt"), /e[+-]/);
  });

  it("trains in an image without Python", async (t) => {
    const docker = await requireDocker(t);
    if (!docker) return;
    await using home = await openContainerHome(docker);

    const ended = await runExample(home, "container-no-python", "job.yml", ["debian:12-slim", images.plain]);

    assert.equal(ended.status, "Completed", ended.shown);
    assert.match(ended.shown, /: no Python\n/);
    const [, accuracy] =
      /^accuracy (\d\.\d+) on 20 flowers/m.exec(await ended.log("outputs/model.txt")) ?? [];
    assert.ok(Number(accuracy) > 0.85, ended.shown);
  });
});
