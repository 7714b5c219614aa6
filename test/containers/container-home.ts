// A test home whose jobs run in containers; what is left of them at the end is the test's failure, and is taken away.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { openTestHome } from "../support/home.ts";
import type { TestHome } from "../support/home.ts";
import type { Docker } from "../support/docker.ts";

export interface EndedJob {
  status: string;
  status_reason: string;
  exit_code?: number;
  error?: { error: { message: string; innerError: { code: string } } };
  /** Everything that was shown of it, the notes too. */
  shown: string;
  log(path?: string): Promise<string>;
}

export interface ContainerHome extends TestHome {
  /** Submits it and returns its name. */
  submit(name: string, text: string, ...args: string[]): Promise<string>;
  /** Submits it and waits for its end. */
  runJob(name: string, text: string, ...args: string[]): Promise<EndedJob>;
  /** Waits for its end. */
  ended(name: string): Promise<EndedJob>;
  /** Until its log holds the text. */
  untilLogged(name: string, text: string): Promise<void>;
}

/** Jobs ask for containers where they name an image, whatever the rest of the tests do. */
export async function openContainerHome(docker: Docker): Promise<ContainerHome> {
  process.env["TRAINYARD_CONTAINERS"] = "auto";
  const home = await openTestHome();

  async function log(name: string, path = "azureml-logs/70_driver_log.txt"): Promise<string> {
    const client = await home.client();
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of await client.readArtifact({ params: { run: name }, query: { path } }))
        chunks.push(chunk);
    } catch {
      return "";
    }
    return Buffer.concat(chunks).toString();
  }

  async function ended(name: string): Promise<EndedJob> {
    const streamed = await home.run("job", "stream", "-n", name);
    const job = JSON.parse((await home.run("job", "show", "-n", name)).stdout) as EndedJob;
    return { ...job, shown: streamed.stdout + streamed.stderr, log: (path) => log(name, path) };
  }

  async function submit(name: string, text: string, ...args: string[]): Promise<string> {
    const file = await home.file(`${name}.yml`, text);
    const created = await home.run("job", "create", "-f", file, "--query", "name", "-o", "tsv", ...args);
    assert.equal(created.code, 0, created.stderr);
    return created.stdout.trim();
  }

  return {
    ...home,
    submit,
    ended,
    runJob: async (name, text, ...args) => ended(await submit(name, text, ...args)),
    async untilLogged(name, text) {
      const watching = home.start("job", "stream", "-n", name);
      let shown = "";
      for await (const chunk of watching.stdout!) {
        shown += String(chunk);
        if (shown.includes(text)) break;
      }
      watching.kill();
      assert.ok(shown.includes(text), shown);
    },
    async [Symbol.asyncDispose]() {
      const left = await docker.containers(home.folder);
      if (left.length > 0) await docker.run("rm", "--force", ...left);
      await home[Symbol.asyncDispose]();
      delete process.env["TRAINYARD_CONTAINERS"];
    },
  };
}

export const readText = (path: string): Promise<string> => readFile(path, "utf8");
