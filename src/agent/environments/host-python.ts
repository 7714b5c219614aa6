// The machine's own Python: which interpreter, which version, and a folder in which `python` always exists.
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { findCommand, isExecutable, pathFolders, pyenvPythons, type Machine } from "./find-command.ts";
import { acceptsPython } from "./python-request.ts";

export interface HostPython {
  /** Absolute; the interpreter's own path, not that of a stand-in. */
  path: string;
  /** Such as 3.11.7. */
  version: string;
}

export interface PythonSearch extends Machine {
  cacheFolder: string;
}

/** What `python` means on this machine, or `python3` when there is no `python` or it is Python 2. */
export async function findHostPython(search: PythonSearch): Promise<HostPython | undefined> {
  for (const name of ["python", "python3"]) {
    const path = findCommand(name, search);
    const version = path && (await readVersion(path, search));
    if (path && version && !version.startsWith("2.")) return { path, version };
  }
  return undefined;
}

/** An interpreter of this machine that the request accepts: its usual one if possible, else the newest. */
export async function findPythonFor(request: string, search: PythonSearch): Promise<HostPython | undefined> {
  const usual = await findHostPython(search);
  if (usual && acceptsPython(request, usual.version)) return usual;
  for (const path of namedInterpreters(request, search)) {
    const version = await readVersion(path, search);
    if (version && acceptsPython(request, version)) return { path, version };
  }
  return undefined;
}

/** `python3.12`, `python3.11`, … on PATH and in pyenv's folders, as far as their names fit the request. */
function namedInterpreters(request: string, machine: Machine): string[] {
  const minors = Array.from({ length: 25 }, (_, index) => `3.${24 - index}`);
  const wanted = minors.filter((minor) => acceptsPython(request, minor));
  const ofPyenv = pyenvPythons(machine);
  return wanted.flatMap((minor) => [
    ...pathFolders(machine)
      .filter((folder) => basename(folder) !== "shims")
      .map((folder) => join(folder, `python${minor}`))
      .filter(isExecutable),
    ...ofPyenv
      .filter(({ version }) => version.startsWith(`${minor}.`))
      .map(({ binFolder }) => join(binFolder, "python"))
      .filter(isExecutable),
  ]);
}

/**
 * The version of an interpreter, asked once and remembered for as long as the file does not change, because starting
 * Python costs more than everything else on the way to the first line of a job.
 */
export async function readVersion(path: string, search: PythonSearch): Promise<string | undefined> {
  const real = realpathSync(path);
  const { mtimeMs, size } = statSync(real);
  const key = createHash("sha256")
    .update(JSON.stringify([real, mtimeMs, size]))
    .digest("hex")
    .slice(0, 20);
  const file = join(search.cacheFolder, "interpreters", key);
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const version = await askVersion(path, search);
  if (version) await writeWhole(file, `${version}\n`, 0o600);
  return version;
}

async function askVersion(path: string, machine: Machine): Promise<string | undefined> {
  const program = "import sys; print('.'.join(str(n) for n in sys.version_info[:3]))";
  try {
    const env = { ...machine.hostVariables, PATH: machine.hostPath };
    const { stdout } = await promisify(execFile)(path, ["-E", "-S", "-c", program], { timeout: 20_000, env });
    return /^\d+\.\d+\.\d+$/.exec(stdout.trim())?.[0];
  } catch {
    // Not a working Python, such as the stand-in that a system offers before its developer tools are installed.
    return undefined;
  }
}

/**
 * The folders that make `python`, `python3` and `pip` mean this interpreter, for the front of PATH; none when PATH
 * says so already.
 *
 * Missing names become two-line scripts, not links: a link outside a virtual environment loses the environment, and
 * some systems' interpreters decide by their own name what they are.
 */
export async function foldersForPython(python: HostPython, search: PythonSearch): Promise<string[]> {
  const home = dirname(python.path);
  if (firstOnPath("python", search) === python.path) return [];
  if (isExecutable(join(home, "python")) && sameFile(join(home, "python"), python.path)) return [home];

  const folder = join(
    search.cacheFolder,
    `python-${createHash("sha256").update(python.path).digest("hex").slice(0, 12)}`,
  );
  const quoted = `'${python.path.replaceAll("'", `'\\''`)}'`;
  const scripts = {
    python: `exec ${quoted} "$@"`,
    python3: `exec ${quoted} "$@"`,
    pip: `exec ${quoted} -m pip "$@"`,
  };
  for (const [name, line] of Object.entries(scripts)) {
    const file = join(folder, name);
    if (!existsSync(file)) await writeWhole(file, `#!/bin/sh\n${line}\n`, 0o755);
  }
  return [folder];
}

function firstOnPath(name: string, machine: Machine): string | undefined {
  const folder = pathFolders(machine).find((folder) => isExecutable(join(folder, name)));
  return folder && join(folder, name);
}

const sameFile = (a: string, b: string) => realpathSync(a) === realpathSync(b);

/** Readers see the old file or the new one, never half of one. */
export async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, text, { mode, flush: true });
  await rename(draft, file);
}
