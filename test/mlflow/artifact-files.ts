// A server with one run, and every way to put, list, read and delete the run's files. One a test file.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before } from "node:test";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

export const files = "/api/2.0/mlflow-artifacts/artifacts";

/** What the hooks of the test file that calls this have started; `server` and `run` are there from the first test on. */
export function useArtifacts() {
  let server: TestServer;
  let run: string;
  before(async () => {
    server = await startTestServer();
    const made = await call("POST", "/api/2.0/mlflow/runs/create", { experiment_id: "0" });
    run = ((await made.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
  });
  after(() => server[Symbol.asyncDispose]());

  const call = (method: string, target: string, body?: unknown) =>
    server.fetch(target, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
  const urlOf = (path: string) => `${files}/0/${run}/artifacts/${encoded(path)}`;
  return {
    server: () => server,
    run: () => run,
    call,
    urlOf,
    put: (path: string, body: string | Uint8Array<ArrayBuffer> = "") =>
      server.fetch(urlOf(path), { method: "PUT", body }),
    get: (path: string, headers: Record<string, string> = {}) => server.fetch(urlOf(path), { headers }),
    list: async (path: string) => {
      const response = await server.fetch(`${files}?path=${encodeURIComponent(path)}`);
      return (await response.json()) as { files?: { path: string; is_dir: boolean; file_size?: number }[] };
    },
  };
}

const encoded = (path: string) => path.split("/").map(encodeURIComponent).join("/");

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export async function errorOf(response: Response): Promise<string> {
  const { error_code, message } = (await response.json()) as { error_code: string; message: string };
  assert.ok(message.length > 0);
  return `${response.status} ${error_code}`;
}
