// A real container engine with the images that tests use; without one they skip, or fail where it is required.
import { execFile } from "node:child_process";
import type { TestContext } from "node:test";
import { missComponent } from "./require-component.ts";

export const images = { python: "trainyard-test/python:1", plain: "trainyard-test/plain:1" } as const;

export interface Docker {
  /** Runs `docker` with these arguments; its output, trimmed. Fails when it does. */
  run(...args: string[]): Promise<string>;
  /** Names of all containers that were made for this home, whether they run or not. */
  containers(home: string): Promise<string[]>;
}

/** The answer is undefined where there is none. */
export async function requireDocker(t: TestContext): Promise<Docker | undefined> {
  for (const image of Object.values(images)) {
    try {
      await run("image", "inspect", image);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      missComponent(t, "docker", `no image ${image} (see test/support/make-images.sh): ${why.trim()}`);
      return undefined;
    }
  }
  return {
    run,
    async containers(home) {
      const format = '{{.Names}} {{.Label "trainyard.folder"}}';
      const text = await run("ps", "--all", "--filter", "label=trainyard.folder", "--format", format);
      const rows = text.split("\n").map((line) => line.split(" "));
      return rows.flatMap(([name, folder]) => (name && folder?.startsWith(home) ? [name] : []));
    },
  };
}

const run = (...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile("docker", args, { timeout: 120_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr || error.message)) : resolve(stdout.trim()),
    );
  });
