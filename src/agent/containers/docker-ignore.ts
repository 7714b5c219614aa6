// What `.dockerignore` leaves out of a build's context, by Docker's rules: docs.docker.com/build/concepts/context,
// "dockerignore files", and moby/patternmatcher, whose expressions these are. They differ from git's: a pattern begins
// at the context's root, and `!` brings back a file of a folder that is left out.
import { readFile } from "node:fs/promises";
import type { TarFile } from "./tar.ts";

interface Rule {
  expression: RegExp;
  isException: boolean;
}

/** The test that tells whether a path inside the context is left out. Throws SyntaxError naming file and line. */
export function readDockerIgnore(text: string, file = ".dockerignore"): (path: string) => boolean {
  const rules = text.split(/\r?\n/).flatMap((line, index) => {
    try {
      return ruleOf(line) ?? [];
    } catch {
      throw new SyntaxError(`${file}, line ${index + 1}: "${line}" is not a pattern`);
    }
  });
  return (path) => {
    const prefixes = path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
    let isLeftOut = false;
    for (const { expression, isException } of rules) {
      // Only a rule that would change what the ones before it said needs to be asked.
      if (isLeftOut === isException && prefixes.some((prefix) => expression.test(prefix)))
        isLeftOut = !isException;
    }
    return isLeftOut;
  };
}

/**
 * The files of a context without those that its rules leave out: the Dockerfile's own `<name>.dockerignore`, else
 * `.dockerignore` at the root. Rejects with SyntaxError naming the file and the line.
 */
export async function leaveOut(files: readonly TarFile[], dockerfilePath: string): Promise<TarFile[]> {
  const named = [`${dockerfilePath}.dockerignore`, ".dockerignore"];
  const [rules] = named.flatMap((name) => files.find(({ path }) => path === name) ?? []);
  if (rules === undefined) return [...files];
  const bytes = typeof rules.from === "string" ? await readFile(rules.from) : rules.from;
  const isLeftOut = readDockerIgnore(new TextDecoder().decode(bytes), rules.path);
  return files.filter(({ path }) => !isLeftOut(path));
}

function ruleOf(line: string): Rule | undefined {
  if (line.startsWith("#")) return undefined;
  const trimmed = line.trim();
  const isException = trimmed.startsWith("!");
  const pattern = clean(isException ? trimmed.slice(1).trim() : trimmed);
  return pattern === "" ? undefined : { expression: expressionOf(pattern), isException };
}

/** Without what a path can be written with and means nothing: `./a//b/`, `/a/b`, `a/x/../b`. */
function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function expressionOf(pattern: string): RegExp {
  const pieces = pattern.match(/\*\*\/?|\*|\?|\\.|\[[^\]]*\]|[^]/gu) ?? [];
  const source = pieces.map((piece, index) => {
    if (piece === "**") return index === pieces.length - 1 ? ".*" : "(?:.*/)?";
    if (piece === "**/") return "(?:.*/)?";
    if (piece === "*") return "[^/]*";
    if (piece === "?") return "[^/]";
    if (piece.length > 1 && piece.startsWith("[")) return piece;
    return RegExp.escape(piece.length === 2 && piece.startsWith("\\") ? piece.slice(1) : piece);
  });
  return new RegExp(`^${source.join("")}$`, "su");
}
