// Finds a program on a PATH without starting anything, and looks through pyenv's stand-ins to the real one.
import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface Machine {
  /** The machine's PATH. */
  hostPath: string;
  /** The machine's other variables: homes, proxies, certificates, settings of pip and uv. */
  hostVariables: Readonly<Record<string, string | undefined>>;
}

export function findCommand(name: string, machine: Machine): string | undefined {
  for (const folder of pathFolders(machine)) {
    const candidate = join(folder, name);
    if (!isExecutable(candidate)) continue;
    const root = pyenvRootOf(folder);
    if (!root) return candidate;
    // A pyenv stand-in exists as soon as any version has the program, and fails unless the chosen version has it.
    for (const version of chosenPyenvVersions(root, machine)) {
      const real = join(root, "versions", version, "bin", name);
      if (isExecutable(real)) return real;
    }
  }
  return undefined;
}

export const pathFolders = ({ hostPath }: Machine): string[] =>
  [...new Set(hostPath.split(":"))].filter((folder) => folder.startsWith("/"));

/** Every `bin` folder of a Python that pyenv installed, newest first, with its version. */
export function pyenvPythons(machine: Machine): { version: string; binFolder: string }[] {
  const roots = pathFolders(machine).map((folder) => pyenvRootOf(folder) ?? pyenvHomeOf(folder));
  return [...new Set(roots)].flatMap((root) =>
    root === undefined
      ? []
      : installedVersions(root).map((version) => ({
          version,
          binFolder: join(root, "versions", version, "bin"),
        })),
  );
}

export function isExecutable(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const pyenvRootOf = (folder: string) =>
  basename(folder) === "shims" && isFolder(join(dirname(folder), "versions")) ? dirname(folder) : undefined;

const pyenvHomeOf = (folder: string) =>
  basename(folder) === "bin" && isExecutable(join(folder, "pyenv")) ? dirname(folder) : undefined;

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The versions pyenv would use outside any project: PYENV_VERSION, or its `version` file. */
function chosenPyenvVersions(root: string, machine: Machine): string[] {
  const chosen = machine.hostVariables["PYENV_VERSION"]?.split(":") ?? readWords(join(root, "version"));
  const installed = installedVersions(root);
  return chosen.flatMap((wanted) =>
    installed.includes(wanted)
      ? [wanted]
      : installed.filter((has) => has.startsWith(`${wanted}.`)).slice(0, 1),
  );
}

const byNumber = new Intl.Collator("en", { numeric: true });

const installedVersions = (root: string): string[] =>
  isFolder(join(root, "versions"))
    ? readdirSync(join(root, "versions"))
        .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
        .sort((a, b) => byNumber.compare(b, a))
    : [];

function readWords(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}
