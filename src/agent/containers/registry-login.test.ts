// Logins as docker and podman keep them, found for a registry and put into the form that engines read.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { encodeLogin, findAllLogins, findLogin, registryOf } from "./registry-login.ts";

function withFile(t: TestContext, file: object): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-logins-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "config.json"), JSON.stringify(file));
  return { DOCKER_CONFIG: folder, HOME: folder, XDG_RUNTIME_DIR: folder, PATH: `${folder}:/usr/bin:/bin` };
}

const auth = (user: string, password: string) => ({
  auth: Buffer.from(`${user}:${password}`).toString("base64"),
});

describe("a login", () => {
  it("is for the registry in the image's name, Docker's own when it names none", () => {
    const images = ["python:3", "a/b", "ghcr.io/a/b:1", "localhost/a", "127.0.0.1:5000/a@sha256:0"];
    assert.deepEqual(images.map(registryOf), [
      "docker.io",
      "docker.io",
      "ghcr.io",
      "localhost",
      "127.0.0.1:5000",
    ]);
  });

  it("is found in the file, with a password that holds a colon", async (t) => {
    const variables = withFile(t, {
      auths: { "https://index.docker.io/v1/": auth("ann", "a:b"), "r.example": auth("bob", "c") },
    });

    const hub = await findLogin("docker.io", variables);

    assert.deepEqual([hub?.username, hub?.password], ["ann", "a:b"]);
    assert.equal((await findLogin("r.example", variables))?.username, "bob");
    assert.equal(await findLogin("other.example", variables), undefined);
    assert.equal(Object.keys(await findAllLogins(variables)).length, 2);
  });

  it("is asked of the helper that the file names", async (t) => {
    const variables = withFile(t, { auths: {}, credHelpers: { "r.example": "test" } });
    const helper = join(variables["HOME"]!, "docker-credential-test");
    writeFileSync(helper, `#!/bin/sh\nread -r key\necho '{"Username":"eve","Secret":"'"$key"'"}'\n`);
    chmodSync(helper, 0o755);

    const login = await findLogin("r.example", variables);

    assert.deepEqual([login?.username, login?.password], ["eve", "r.example"]);
  });

  it("goes to the engine as padded base64, which it reads back", () => {
    for (const username of ["a", "ab", "abc"]) {
      const text = encodeLogin({ username, serveraddress: "r" });

      assert.equal(text.length % 4, 0);
      assert.match(text, /^[\w-]+=*$/);
      assert.deepEqual(JSON.parse(Buffer.from(text, "base64url").toString()), {
        username,
        serveraddress: "r",
      });
    }
  });
});
