// What git knows of a source folder, as properties of the run. Without git or a repository there are none.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface GitOptions {
  /** Where the user's own answers stand (`AZUREML_GIT_…`): usually the environment of the process. */
  variables?: Readonly<Record<string, string | undefined>>;
  /** How long git may take in a huge repository before its answer is done without. Default 3 s. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface GitFacts {
  repositoryUri?: string | undefined;
  branch?: string | undefined;
  commit?: string | undefined;
  dirty?: string | undefined;
}

export async function gitProperties(
  folder: string,
  options: GitOptions = {},
): Promise<Record<string, string>> {
  const { variables = {} } = options;
  const facts = isInRepository(folder) ? await askGit(folder, options) : {};
  const uri = variables["AZUREML_GIT_REPOSITORY_URI"] || facts.repositoryUri;
  const repositoryUri = uri && withoutCredentials(uri);
  const branch = variables["AZUREML_GIT_BRANCH"] || facts.branch;
  const commit = variables["AZUREML_GIT_COMMIT"] || facts.commit;
  const buildUri = variables["AZUREML_GIT_BUILD_URI"];
  const all = {
    "azureml.git.repository_uri": repositoryUri,
    "mlflow.source.git.repoURL": repositoryUri,
    "azureml.git.branch": branch,
    "mlflow.source.git.branch": branch,
    "azureml.git.commit": commit,
    "mlflow.source.git.commit": commit,
    "azureml.git.dirty": variables["AZUREML_GIT_DIRTY"] || facts.dirty,
    "azureml.git.build_id": variables["AZUREML_GIT_BUILD_ID"],
    "azureml.git.build_uri": buildUri && withoutCredentials(buildUri),
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** Starting git to learn that there is no repository would cost every submit some milliseconds. */
function isInRepository(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (at === dirname(at)) return false;
  }
}

/** One `git status` tells commit, branch and changes together; only the remote needs a second process. */
async function askGit(folder: string, options: GitOptions): Promise<GitFacts> {
  const status = [
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "status",
    "--porcelain=v2",
    "--branch",
    ".",
  ];
  const [state, uri] = await Promise.all([
    runGit(folder, status, options),
    runGit(folder, ["ls-remote", "--get-url"], options),
  ]);
  const repositoryUri = toUri(uri);
  if (state !== undefined) return { ...readStatus(state), repositoryUri };

  // Too many files to look at in time: what does not need them is still worth having.
  const [commit, branch] = await Promise.all([
    runGit(folder, ["rev-parse", "--verify", "HEAD"], options),
    runGit(folder, ["symbolic-ref", "--short", "HEAD"], options),
  ]);
  return { commit: commit?.trim(), branch: branch?.trim(), repositoryUri };
}

function readStatus(output: string): GitFacts {
  const lines = output.split("\n").filter((line) => line !== "");
  const header = (name: string) =>
    lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
  const commit = header("oid");
  const branch = header("head");
  return {
    commit: commit === "(initial)" ? undefined : commit,
    branch: branch === "(detached)" ? undefined : branch,
    dirty: lines.some((line) => !line.startsWith("#")) ? "True" : "False",
  };
}

/** Without a remote, git answers with the name of the one that it would have asked. */
function toUri(output: string | undefined): string | undefined {
  const uri = output?.trim();
  return uri && /[:/\\]/.test(uri) ? uri : undefined;
}

/** Undefined when git is not there, fails, or takes too long. */
function runGit(folder: string, args: readonly string[], options: GitOptions): Promise<string | undefined> {
  const { timeoutMs = 3000, signal } = options;
  return new Promise((resolve) => {
    const limits = { cwd: folder, timeout: timeoutMs, maxBuffer: 64 << 20, ...(signal && { signal }) };
    execFile("git", args, limits, (error, stdout) => resolve(error ? undefined : stdout)).stdin?.end();
  });
}

/** Removes the user and password that people put into addresses; the user name of ssh is not a secret. */
export function withoutCredentials(uri: string): string {
  const [, scheme, authority, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^]*)$/i.exec(uri) ?? [];
  if (scheme === undefined || authority === undefined || rest === undefined) return uri;
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const isSsh = /^(git\+)?ssh$/i.test(scheme);
  const keptUser = isSsh && user !== "" ? `${user.split(":")[0]}@` : "";
  // Tokens are also put behind a question mark.
  const keptRest = /^https?$/i.test(scheme) ? rest.replace(/[?#][^]*$/, "") : rest;
  return `${scheme}://${keptUser}${host}${keptRest}`;
}
