// Finds in a builder's last lines what went wrong, with which package, and what a person can do about it.
import { EnvironmentFailed } from "./environment-failed.ts";
import { acceptsPython } from "./python-request.ts";

interface Symptom {
  pattern: RegExp;
  reason: (culprit: string) => string;
  hint: string | ((facts: BuildFacts) => string);
}

export interface BuildFacts {
  builder: string;
  pythonVersion: string | undefined;
  /** Empty for any. */
  pythonRequest: string;
}

const unknownVersion = (facts: BuildFacts) =>
  `Check the name and the version${facts.pythonVersion ? `; releases for Python ${facts.pythonVersion} only are considered` : ""}.${otherPython(facts)}`;
const notPrebuilt = (facts: BuildFacts) =>
  `It has no ready-made build for Python ${facts.pythonVersion ?? "here"} and compiling it failed: ask for a newer version of it, or for an older Python.${otherPython(facts)}`;
const unreachable =
  "Check the network of this machine, its proxy variables, and the index addresses of pip or uv.";

// In the order of trust: the first that matches wins, and the most telling come first.
const symptoms: Symptom[] = [
  {
    pattern: /No space left on device/i,
    reason: () => "the disk is full",
    hint: "Free some space, or move the cache folder.",
  },
  {
    pattern: /ensurepip is not available|No module named (?:ensurepip|venv)/,
    reason: () => "this machine's Python cannot make virtual environments",
    hint: "Install uv, or your system's package for it (python3-venv on Debian and Ubuntu).",
  },
  {
    // Before the network: an index that lists other versions was reached, whatever another index did.
    pattern: /Could not find a version that satisfies the requirement (\S+) \(from versions: (?!none)/,
    reason: (culprit) => `no version of ${culprit} can be found`,
    hint: unknownVersion,
  },
  {
    pattern:
      /name resolution|dns error|Name or service not known|Connection refused|NewConnectionError|error sending request|CONNECTION FAILED|CondaHTTPError|Network is unreachable/i,
    reason: () => "the package index could not be reached",
    hint: unreachable,
  },
  {
    pattern:
      /(?:No matching distribution found for|Could not find a version that satisfies the requirement) (\S+)/,
    reason: (culprit) => `no version of ${culprit} can be found`,
    hint: unknownVersion,
  },
  {
    pattern: /Because (\S+) was not found in the package registry/,
    reason: (culprit) => `there is no package ${culprit}`,
    hint: unknownVersion,
  },
  {
    pattern: /Because there (?:is|are) no versions? of (\S+)/,
    reason: (culprit) => `no version of ${culprit} can be found`,
    hint: unknownVersion,
  },
  {
    pattern:
      /(?:Cannot install (.+?) because these package versions have conflicting|No solution found when resolving)/,
    reason: (culprit) =>
      culprit ? `${culprit} exclude each other` : "no set of versions satisfies all the requirements",
    hint: (facts) => `Loosen one of the versions named above.${otherPython(facts)}`,
  },
  {
    pattern:
      /(?:PackagesNotFoundError|ResolvePackageNotFound|nothing provides(?: requested)?)[\s\S]*?(?:- |requested )?([A-Za-z_][\w.-]*(?:[=<>]\S+)?)\s*$/,
    reason: (culprit) => `no channel has ${culprit}`,
    hint: "Check the name and the version, or add a channel that has it.",
  },
  {
    pattern: /(?:Failed to build|Failed building wheel for|Could not build wheels for) [`']?([^`',\s]+)/,
    reason: (culprit) => `${culprit} could not be compiled`,
    hint: notPrebuilt,
  },
  {
    pattern: /metadata-generation-failed|subprocess-exited-with-error|error: legacy-install-failure/,
    reason: (culprit) => `${culprit || "a package"} could not be compiled`,
    hint: notPrebuilt,
  },
];

export function explainFailure(lines: string[], facts: BuildFacts): EnvironmentFailed {
  const text = lines.join("\n");
  const [symptom, match] = findSymptom(text);
  const lastCollected = lines
    .findLast((line) => /^\s*(?:Collecting|Building) \S/.test(line))
    ?.trim()
    .split(/\s+/)[1];
  const culprit = (match?.[1] ?? (symptom?.hint === notPrebuilt ? lastCollected : undefined))?.replace(
    /[,.;]+$/,
    "",
  );
  const hint = symptom?.hint ?? "The whole of what the builder printed is in the build log.";
  return new EnvironmentFailed({
    reason: `the environment could not be built with ${facts.builder}: ${symptom?.reason(culprit ?? "") ?? "the builder failed"}`,
    ...(culprit && { package: culprit }),
    lines: usefulLines(lines),
    hint: typeof hint === "function" ? hint(facts) : hint,
  });
}

function findSymptom(text: string): [Symptom, RegExpExecArray] | [undefined, undefined] {
  for (const symptom of symptoms) {
    const match = symptom.pattern.exec(text);
    if (match) return [symptom, match];
  }
  return [undefined, undefined];
}

const noise =
  /^\s*(?:$|WARNING: (?:Retrying|Location|You are using)|Looking in |\[notice\]|note: |hint: |File "|\^+\s*$|Downloading |Using cached |Requirement already|Collecting |Preparing metadata|Installing build dependencies|Getting requirements|\[end of output\]|Solving environment|Using Python )/;

function usefulLines(lines: string[]): string[] {
  // uv ends with advice for people who own the package.
  const advice = lines.findIndex((line) => line.startsWith("hint: "));
  const useful = (advice > 0 ? lines.slice(0, advice) : lines).filter((line) => !noise.test(line)).slice(-8);
  const indent = Math.min(...useful.map((line) => line.length - line.trimStart().length));
  return useful
    .map((line) =>
      line.slice(indent).replace(/\(from versions: (.{60}).*(.{60})\)/, "(from versions: $1 … $2)"),
    )
    .map((line) => (line.length > 300 ? `${line.slice(0, 299)}…` : line));
}

function otherPython({ pythonRequest, pythonVersion }: BuildFacts): string {
  if (!pythonVersion || acceptsPython(pythonRequest, pythonVersion)) return "";
  const wanted = pythonRequest.replace(/^==/, "");
  return ` The environment asks for Python ${wanted} and this machine has ${pythonVersion}: install the one asked for, or install uv, which fetches it.`;
}
