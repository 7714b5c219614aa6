import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder, put } from "./folder.fixture.ts";
import { gitProperties, withoutCredentials } from "./git-properties.ts";

const skip = spawnSync("git", ["--version"]).status === 0 ? false : "git is not installed";

function git(root: string, ...args: string[]): string {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...who, ...args], { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
}

test("a repository's remote, branch and commit are told, and whether it is dirty", { skip }, async (t) => {
  const root = makeFolder(t, { "src/a.py": "a" });
  git(root, "init", "-q");
  git(root, "remote", "add", "origin", "https://me:secret@example.com/team/code.git");
  git(root, "add", "-A");
  git(root, "commit", "-qm", "first");
  const commit = git(root, "rev-parse", "HEAD");

  const clean = await gitProperties(join(root, "src"));
  put(root, "src/new.py", "b");
  const dirty = await gitProperties(join(root, "src"));

  assert.deepEqual(clean, {
    "azureml.git.repository_uri": "https://example.com/team/code.git",
    "mlflow.source.git.repoURL": "https://example.com/team/code.git",
    "azureml.git.branch": "main",
    "mlflow.source.git.branch": "main",
    "azureml.git.commit": commit,
    "mlflow.source.git.commit": commit,
    "azureml.git.dirty": "False",
  });
  assert.deepEqual(dirty, { ...clean, "azureml.git.dirty": "True" });
});

test("a change outside the folder does not make it dirty", { skip }, async (t) => {
  const root = makeFolder(t, { "src/a.py": "a", "other/b.py": "b" });
  git(root, "init", "-q");
  git(root, "add", "-A");
  git(root, "commit", "-qm", "first");
  put(root, "other/b.py", "changed");

  assert.equal((await gitProperties(join(root, "src")))["azureml.git.dirty"], "False");
  assert.equal((await gitProperties(root))["azureml.git.dirty"], "True");
});

test("no remote, no commit yet or no branch: the rest is told", { skip }, async (t) => {
  const root = makeFolder(t);
  git(root, "init", "-q");
  const unborn = await gitProperties(root);
  put(root, "a.py");
  git(root, "add", "-A");
  git(root, "commit", "-qm", "first");
  git(root, "checkout", "-q", "--detach");
  const detached = await gitProperties(root);

  assert.deepEqual(Object.keys(unborn), [
    "azureml.git.branch",
    "mlflow.source.git.branch",
    "azureml.git.dirty",
  ]);
  assert.deepEqual(Object.keys(detached), [
    "azureml.git.commit",
    "mlflow.source.git.commit",
    "azureml.git.dirty",
  ]);
});

test("without a repository, or with a broken one, there are no properties", async (t) => {
  const root = makeFolder(t);
  assert.deepEqual(await gitProperties(root), {});

  mkdirSync(join(root, ".git"));
  assert.deepEqual(await gitProperties(root), {});
});

test("the user's own answers count, also without a repository, and keep no credentials", async (t) => {
  const properties = await gitProperties(makeFolder(t), {
    variables: {
      AZUREML_GIT_REPOSITORY_URI: "https://token@example.com/x",
      AZUREML_GIT_BRANCH: "b",
      AZUREML_GIT_COMMIT: "c",
      AZUREML_GIT_DIRTY: "False",
      AZUREML_GIT_BUILD_ID: "7",
      AZUREML_GIT_BUILD_URI: "https://ci.example.com/7",
    },
  });

  assert.deepEqual(properties, {
    "azureml.git.repository_uri": "https://example.com/x",
    "mlflow.source.git.repoURL": "https://example.com/x",
    "azureml.git.branch": "b",
    "mlflow.source.git.branch": "b",
    "azureml.git.commit": "c",
    "mlflow.source.git.commit": "c",
    "azureml.git.dirty": "False",
    "azureml.git.build_id": "7",
    "azureml.git.build_uri": "https://ci.example.com/7",
  });
});

for (const [uri, kept] of [
  ["https://user:pass@host/x.git", "https://host/x.git"],
  ["https://token@host:8443/x.git", "https://host:8443/x.git"],
  ["https://user:p@ss@host/x", "https://host/x"],
  ["https://host/x?access_token=1#2", "https://host/x"],
  ["HTTPS://u:p@host/x", "HTTPS://host/x"],
  ["ssh://git@host:22/x.git", "ssh://git@host:22/x.git"],
  ["ssh://git:pw@host/x.git", "ssh://git@host/x.git"],
  ["git@host:team/x.git", "git@host:team/x.git"],
  ["/srv/git/x.git", "/srv/git/x.git"],
  ["https://host/at@sign", "https://host/at@sign"],
] as const) {
  test(`${uri} is stored as ${kept}`, () => assert.equal(withoutCredentials(uri), kept));
}
