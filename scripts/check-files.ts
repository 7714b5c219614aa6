// Checks over the text of the tracked files: how long they are, and that they name nothing of the machine they were written on.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const longestLines = 400;
const longLines = 250;

/** Files that git tracks or would track. */
export function listTracked(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", args, { encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && existsSync(file));
}

export function findLongFiles(files: string[]): { problems: string; note: string } {
  const lengths = files
    .filter((file) => file.startsWith("src/") && file.endsWith(".ts"))
    .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n").length - 1 }))
    .toSorted((a, b) => b.lines - a.lines);
  const long = lengths.filter(({ lines }) => lines > longLines).map(({ file, lines }) => `${file} ${lines}`);
  const tooLong = lengths.filter(({ lines }) => lines > longestLines);
  return {
    problems: tooLong
      .map(({ file, lines }) => `${file} has ${lines} lines; ${longestLines} are the most`)
      .join("\n"),
    note: long.length === 0 ? `none over ${longLines} lines` : `look again at ${long.join(", ")}`,
  };
}

export function findLeaks(files: string[]): { problems: string } {
  const problems: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    if (text.includes("\0")) continue;
    for (const [index, line] of text.split("\n").entries()) {
      const leak = leakIn(line, file);
      if (leak !== undefined) problems.push(`${file}:${index + 1}: ${leak}`);
    }
  }
  return { problems: problems.join("\n") };
}

const ownMirrors = mirrorHosts();

function leakIn(line: string, file: string): string | undefined {
  if (file === "package-lock.json" && /^\s*"resolved": "\w+:/.test(line)) {
    return "a resolved address: .npmrc leaves them out, so install with this repository's settings";
  }
  // A home or build folder as an absolute path, not as a part of one (https://host/root/…).
  const path =
    /(?:^|[\s"'`(=:,])(\/(?:root|work|Users\/\w+|home\/(?!me\b|user\b|you\b|ada\b|johndoe\b)\w+)\/[\w.-]+)/.exec(
      line,
    );
  if (path && file !== "scripts/check-files.ts") return `a path of one machine: ${path[1]}`;
  const host = ownMirrors.find((mirror) => line.includes(mirror));
  return host === undefined ? undefined : "the address of this machine's package mirror";
}

/** Where this machine gets packages from, when that is not where everybody does. */
function mirrorHosts(): string[] {
  const names = [
    "npm_config_registry",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
  ];
  return names
    .map((name) => process.env[name] ?? "")
    .filter((url) => URL.canParse(url))
    .map((url) => new URL(url).host)
    .filter((host) => !["registry.npmjs.org", "pypi.org", "registry.yarnpkg.com"].includes(host));
}
