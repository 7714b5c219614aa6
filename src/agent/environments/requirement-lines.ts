// Reads pip requirement lines out of an environment: keeps, replaces or refuses each, and says what it did.
import { nearestName } from "../../core/names.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { findOwnPackage } from "./own-client.ts";

export interface RequirementLines {
  /** Packages, as pip writes them. */
  requirements: string[];
  /** Lines such as `--extra-index-url …`, always in the long form with a space. */
  options: string[];
  /** What was changed, for the build log. */
  notes: string[];
  warnings: string[];
}

const shortOptions: Record<string, string> = {
  "-i": "--index-url",
  "-f": "--find-links",
  "-e": "--editable",
};
const optionsWithValue =
  "--index-url --extra-index-url --find-links --trusted-host --no-binary --only-binary --use-feature".split(
    " ",
  );
const bareOptions = ["--pre", "--prefer-binary", "--no-index", "--require-hashes"];
const fileOptions = ["-r", "--requirement", "-c", "--constraint"];

export function readRequirementLines(written: string[]): RequirementLines {
  const lines = written.flatMap((text) => text.replaceAll(/\s*\\\r?\n\s*/g, " ").split(/\r?\n/));
  const result: RequirementLines = { requirements: [], options: [], notes: [], warnings: [] };
  for (const line of lines) {
    const text = line.replace(/(^|\s)#.*$/, "").trim();
    if (text === "") continue;
    if (text.startsWith("-")) readOption(text, result);
    else readPackage(text, result);
  }
  result.requirements = [...new Set(result.requirements)];
  result.options = [...new Set(result.options)];
  return result;
}

function readOption(text: string, result: RequirementLines): void {
  const [, flag = "", value = ""] = /^(--[\w-]+|-\w)(?:\s*=\s*|\s*)(.*)$/.exec(text) ?? [];
  const option = shortOptions[flag] ?? flag;
  if (fileOptions.includes(option)) {
    throw new EnvironmentFailed({
      reason: `"${text}" names another file, which does not travel with the environment`,
      hint: `Write the lines of ${value || "that file"} here in its place.`,
    });
  }
  if (option === "--editable") return readEditable(text, value, result);
  if (option === "--find-links" && value !== "" && !isReachable(value)) throw localPath(text);
  if (bareOptions.includes(option) && value === "") result.options.push(option);
  else if (optionsWithValue.includes(option) && value !== "") result.options.push(`${option} ${value}`);
  else throw unknownOption(text, option);
}

function unknownOption(text: string, option: string): EnvironmentFailed {
  const known = [...optionsWithValue, ...bareOptions];
  const nearest = nearestName(option, known);
  const isKnown = known.includes(option);
  return new EnvironmentFailed({
    reason: isKnown
      ? `"${maskSecrets(text)}": ${option} was given ${optionsWithValue.includes(option) ? "no value" : "a value and takes none"}`
      : `"${maskSecrets(text)}" is not an option that a list of requirements can have`,
    hint: nearest && !isKnown ? `Did you mean ${nearest}?` : `Possible here: ${known.join(", ")}.`,
  });
}

function readEditable(text: string, value: string, result: RequirementLines): void {
  if (!/^(git|hg|svn|bzr)\+/.test(value)) throw localPath(text);
  result.requirements.push(`--editable ${value}`);
}

function readPackage(text: string, result: RequirementLines): void {
  if (
    /^\.{0,2}\//.test(text) ||
    /^[.~]/.test(text) ||
    /^[^@\s]*[\\/]/.test(text) ||
    /^[^@]*\.whl$/.test(text)
  ) {
    if (!isReachable(text)) throw localPath(text);
    result.requirements.push(text);
    return;
  }
  const match = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/.exec(text);
  if (!match?.[1] || (match[3] && !/^[=<>!~@;(-]/.test(match[3]))) {
    throw new EnvironmentFailed({
      reason: `"${maskSecrets(text)}" is not a pip requirement`,
      hint: 'Expected a name with versions, such as "numpy>=1.21", or an address, such as "git+https://…".',
    });
  }
  const name = match[1].toLowerCase().replaceAll(/[-_.]+/g, "-");
  const extras = (match[2] ?? "").split(",").map((extra) => extra.trim());
  const own = findOwnPackage(name, extras);
  if (own) return replaceOwn(text, name, own.install, own.answered, result);
  result.requirements.push(text);
}

/** An address, or an absolute path that may exist on this machine; pip says so if it does not. */
const isReachable = (text: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.startsWith("/");

const localPath = (text: string) =>
  new EnvironmentFailed({
    reason: `"${text}" is a path beside the environment's file, and that folder does not travel with it`,
    hint: "Put the package into the job's code and install it in the command, or name it by a git+https:// address.",
  });

function replaceOwn(
  text: string,
  name: string,
  install: string[],
  answered: boolean,
  result: RequirementLines,
): void {
  result.requirements.push(...install);
  const instead = install.length > 0 ? `; installing ${install.join(" and ")} in its place` : "";
  if (answered) {
    result.notes.push(`${text}: answered by Trainyard's own client, not installed${instead}`);
    return;
  }
  const warning = `${name} was not installed: Trainyard has nothing in its place, so importing it will fail`;
  result.notes.push(`${warning}${instead}`);
  result.warnings.push(warning);
}
