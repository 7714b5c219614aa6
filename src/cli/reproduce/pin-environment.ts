// A job's environment with the exact versions that it resolved to when it ran.
import type { CondaFile, Environment } from "../../core/job-spec.ts";

export interface Pinned {
  environment: Environment;
  /** One plain sentence about what was pinned, or why nothing was. */
  summary: string;
  warnings: string[];
}

export interface Lock {
  /** `3.11`, when the first line names it. */
  python: string | undefined;
  builtByConda: boolean;
  /** Lines as pip writes them. */
  packages: string[];
}

/** The first comment names the interpreter and the builder; every other line is a package. */
export function readLockText(text: string): Lock {
  const lines = text.split("\n").map((line) => line.trim());
  const comments = lines.filter((line) => line.startsWith("#")).join(" ");
  return {
    python: /python\D{0,3}(\d+\.\d+)/i.exec(comments)?.[1],
    builtByConda: /\b(conda|mamba|micromamba)\b/i.test(comments),
    packages: lines.filter((line) => line !== "" && !line.startsWith("#")),
  };
}

export function pinEnvironment(environment: Environment, lockText: string | undefined): Pinned {
  const isBuilt = wantsPackages(environment);
  if (!isBuilt) {
    return {
      environment,
      summary: "the environment is the machine's own: there is nothing to pin",
      warnings: [],
    };
  }
  const lock = lockText === undefined ? undefined : readLockText(lockText);
  if (!lock || lock.packages.length === 0) {
    return {
      environment,
      summary: "the run has no environment lock, so the environment is built from its file again",
      warnings: ["packages may have newer versions than they had then, which alone can change results"],
    };
  }
  return lock.builtByConda ? pinConda(environment, lock) : pinPip(environment, lock);
}

/** With pins it is no longer what was registered under that name. */
function unnamed(environment: Environment): Environment {
  const result = { ...environment };
  delete result.name;
  delete result.version;
  return result;
}

const wantsPackages = ({ conda, pip, userManaged }: Environment): boolean =>
  userManaged === undefined && ((conda?.dependencies?.length ?? 0) > 0 || (pip?.length ?? 0) > 0);

function pinPip(wanted: Environment, lock: Lock): Pinned {
  const { conda, pip, ...rest } = unnamed(wanted);
  // A path on the machine of then, or a folder installed in place, is nothing that can be fetched again.
  const isLocal = (line: string) => / @ file:|^-e\s+(?!\w+\+)/.test(line);
  const pins = lock.packages.filter((line) => !isLocal(line));
  const lost = lock.packages.filter(isLocal);
  const options = pipLines(conda, pip).filter((line) => /^--?(?!e\b|r\b|c\b)/.test(line.trim()));
  const environment: Environment = {
    ...rest,
    ...(conda && { conda: condaFor(conda, lock, pins) }),
    pip: [...options, ...pins],
  };
  return {
    environment,
    summary: `pinned to the ${pins.length} packages of the environment lock${lock.python === undefined ? "" : ` and Python ${lock.python}`}`,
    warnings: lost.map((line) => `${line} stood on one machine only and is left out`),
  };
}

function condaFor({ dependencies = [], variables }: CondaFile, { python }: Lock, pins: string[]): CondaFile {
  const isPython = (entry: unknown) => typeof entry === "string" && /^python\b(?!-)/.test(entry);
  const chosen = python === undefined ? dependencies.filter(isPython) : [`python=${python}`];
  // Builds of PyTorch without CUDA are not in the usual index; this word says which index has them.
  const cpu = pins.some((line) => /^torch\w*==.*\+cpu$/.test(line)) ? ["cpuonly"] : [];
  return { dependencies: [...chosen, ...cpu], ...(variables && { variables }) };
}

/** conda solves its own packages, of which the lock knows only those that pip sees: those named in the file are pinned. */
function pinConda(wanted: Environment, lock: Lock): Pinned {
  const versions = new Map(
    lock.packages.flatMap((line) => {
      const [, name, version] = /^([\w.-]+)==(\S+)$/.exec(line) ?? [];
      return name === undefined || version === undefined ? [] : [[plainName(name), version] as const];
    }),
  );
  let pinned = 0;
  const pin = (text: string, join: string): string => {
    const name = /^(?:[^\s:]+::)?([\w.][\w.-]*)/.exec(text.trim())?.[1];
    const version =
      name === "python" ? lock.python : name === undefined ? undefined : versions.get(plainName(name));
    if (version === undefined || text.startsWith("-")) return text;
    pinned++;
    return `${text.trim().slice(0, text.trim().indexOf(name!) + name!.length)}${join}${version}`;
  };
  const environment = unnamed(wanted);
  const { conda, pip } = environment;
  const dependencies = conda?.dependencies?.map((entry) =>
    typeof entry === "string" ? pin(entry, "=") : { pip: entry.pip.map((line) => pin(line, "==")) },
  );
  return {
    environment: {
      ...environment,
      ...(conda && { conda: { ...conda, ...(dependencies && { dependencies }) } }),
      ...(pip && { pip: pip.map((line) => pin(line, "==")) }),
    },
    summary: `pinned the ${pinned} packages that the environment names to the versions of its lock; conda chooses the rest`,
    warnings: [],
  };
}

/** As the package index compares names. */
const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");

const pipLines = (conda: CondaFile | undefined, pip: string[] = []): string[] => [
  ...(conda?.dependencies ?? []).flatMap((entry) => (typeof entry === "string" ? [] : entry.pip)),
  ...pip,
];

/** Packages that only one of two locks has, `-` and `+` before them. */
export function compareLocks(original: string | undefined, rerun: string | undefined): string[] | undefined {
  if (original === undefined || rerun === undefined) return undefined;
  const [a, b] = [readLockText(original).packages, readLockText(rerun).packages];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `-${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`),
  ];
}
