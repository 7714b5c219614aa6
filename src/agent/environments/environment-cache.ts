// Built environments, kept by content: one build for one hash, visible only when whole, never when failed or canceled.
//
//   <cache>/<hash>/complete.json     written last; names the folder of the build that is whole
//   <cache>/<hash>/<token>/          one build, at its final place because virtual environments cannot be moved
//   <cache>/<hash>/build.log         what the builder of the newest build printed
//   <cache>/<hash>/builder.json      the process group of the newest build
//   <cache>/<hash>/failed-<token>    why that build failed, for those who waited for it
//   <cache>/<hash>.lock/             held while building
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { appendFile, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import { identify, isAlive, lockBuild, type ProcessIdentity } from "./build-lock.ts";
import { EnvironmentFailed, type FailureFacts } from "./environment-failed.ts";
import { writeWhole } from "./host-python.ts";
import { killGroup } from "./run-builder.ts";

/** What complete.json holds. */
export interface BuiltEnvironment {
  /** Absolute; its `bin` belongs on PATH. */
  folder: string;
  /** Absolute path of its interpreter, if it has one, and the version. */
  python: string | undefined;
  pythonVersion: string | undefined;
  builder: string;
  packages: string[];
  warnings: string[];
}

export interface CacheContext {
  cacheFolder: string;
  clock: Clock;
  buildLog: (text: string) => void;
  /** Of what a build makes outside its folder: whether that is still there. */
  isThere?: () => Promise<boolean>;
  signal: AbortSignal;
}

export interface BuildSite {
  /** Does not exist yet; the builder creates it. */
  folder: string;
  /** Exists; for the builder's own input files. */
  workFolder: string;
  log: (line: string) => void;
  onStart: (pid: number) => void;
}

/** The hash of everything that decides a build's result. */
export const hashEnvironment = (facts: Record<string, unknown>): string =>
  createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 20);

/** The environment from the cache, or built now. Rejects with EnvironmentFailed, or the signal's reason when canceled. */
export async function obtainEnvironment(
  hash: string,
  build: (site: BuildSite) => Promise<BuiltEnvironment>,
  context: CacheContext,
): Promise<{ environment: BuiltEnvironment; built: boolean }> {
  const folder = join(context.cacheFolder, hash);
  const ready = await readReady(folder, context);
  if (ready) return { environment: ready, built: false };

  await mkdir(folder, { recursive: true });
  const waited = createWaiter(folder, context);
  const lock = await lockBuild(`${folder}.lock`, {
    clock: context.clock,
    onWait: (token) => waited.onWait(token),
    signal: context.signal,
  });
  try {
    await waited.finish();
    const made = await readReady(folder, context);
    if (made) return { environment: made, built: false };
    for (const token of waited.tokens) throwSharedFailure(folder, token);
    return { environment: await buildHere(folder, lock.token, build, context), built: true };
  } finally {
    await lock.release();
  }
}

async function buildHere(
  folder: string,
  token: string,
  build: (site: BuildSite) => Promise<BuiltEnvironment>,
  context: CacheContext,
): Promise<BuiltEnvironment> {
  await removeLeftovers(folder, token);
  const site = join(folder, token);
  const logFile = join(folder, "build.log");
  await writeWhole(logFile, "", 0o600);
  let logWritten = Promise.resolve();
  const log = (line: string) => {
    context.buildLog(`${line}\n`);
    // The copy is for others who wait; losing it must not fail the build.
    logWritten = logWritten.then(() => appendFile(logFile, `${line}\n`)).catch(() => {});
  };
  // Synchronous, so that no moment passes in which the group runs and nobody could find it.
  const onStart = (pid: number) => writeFileSync(join(folder, "builder.json"), JSON.stringify(identify(pid)));
  try {
    const environment = await build({ folder: site, workFolder: folder, log, onStart });
    await logWritten;
    await writeComplete(folder, environment);
    return environment;
  } catch (error) {
    await rm(site, { recursive: true, force: true, maxRetries: 3 });
    await logWritten;
    if (error instanceof EnvironmentFailed) {
      await writeWhole(join(folder, `failed-${token}`), JSON.stringify(error.facts), 0o600);
    }
    throw error;
  }
}

/** What a killed build left: its builder, which may still be writing, and then its folder. */
async function removeLeftovers(folder: string, token: string): Promise<void> {
  const orphan = readIdentity(join(folder, "builder.json"));
  if (orphan && orphan.host === identify(process.pid).host && isAlive(orphan)) {
    killGroup(orphan.pid, "SIGKILL");
  }
  for (const name of await readdir(folder)) {
    if (name === token || name.startsWith("failed-")) continue;
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function writeComplete(folder: string, environment: BuiltEnvironment): Promise<void> {
  await writeWhole(join(folder, "complete.json"), JSON.stringify(environment, null, 2), 0o600);
  const parent = await open(folder);
  await parent.sync();
  await parent.close();
  for (const name of await readdir(folder)) {
    if (name.startsWith("failed-")) await rm(join(folder, name), { force: true });
  }
}

const readReady = async (folder: string, { isThere }: CacheContext) =>
  isThere === undefined || (await isThere()) ? readComplete(folder) : undefined;

/** Undefined too when what it was built on has gone, such as the interpreter that a virtual environment points to. */
function readComplete(folder: string): BuiltEnvironment | undefined {
  const record = readJson(join(folder, "complete.json"));
  if (!record || typeof record["folder"] !== "string" || typeof record["builder"] !== "string")
    return undefined;
  const python = readText(record["python"]);
  if (!existsSync(record["folder"]) || (python !== undefined && !existsSync(python))) return undefined;
  return {
    folder: record["folder"],
    python,
    pythonVersion: readText(record["pythonVersion"]),
    builder: record["builder"],
    packages: readTexts(record["packages"]),
    warnings: readTexts(record["warnings"]),
  };
}

function throwSharedFailure(folder: string, token: string): void {
  const facts = readJson(join(folder, `failed-${token}`));
  if (!facts) return;
  const shared: FailureFacts = {
    reason: readText(facts["reason"]) ?? "the build failed",
    lines: readTexts(facts["lines"]),
  };
  const culprit = readText(facts["package"]);
  const hint = readText(facts["hint"]);
  throw new EnvironmentFailed({ ...shared, ...(culprit && { package: culprit }), ...(hint && { hint }) });
}

/** While another builds, passes on what its builder prints. */
function createWaiter(folder: string, context: CacheContext) {
  const tokens = new Set<string>();
  let offset = 0;
  const follow = async () => {
    const bytes = await readFile(join(folder, "build.log")).catch(() => Buffer.alloc(0));
    if (bytes.length < offset) offset = 0;
    if (bytes.length > offset) context.buildLog(bytes.subarray(offset).toString("utf8"));
    offset = bytes.length;
  };
  return {
    tokens,
    async onWait(token: string) {
      if (tokens.size === 0) {
        context.buildLog("waiting for the same environment, being built by another job\n");
      }
      tokens.add(token);
      await follow();
    },
    async finish() {
      if (tokens.size > 0) await follow();
    },
  };
}

function readIdentity(file: string): ProcessIdentity | undefined {
  const record = readJson(file);
  if (!record) return undefined;
  return { host: String(record["host"]), pid: Number(record["pid"]), started: String(record["started"]) };
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const readText = (value: unknown) => (typeof value === "string" ? value : undefined);
const readTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
