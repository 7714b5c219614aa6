// Reads one line of a conda file's dependencies, as conda means it, and says its version the way pip does.

export interface CondaSpec {
  channel?: string;
  /** Lower case. */
  name: string;
  /** For pip, such as `==1.2.*` or `>=1.2,<2`; empty for any version. */
  version: string;
  build?: string;
  /** The part of the version that pip has no words for, if any. */
  lost?: string;
}

/** Undefined when the text is not a package spec (a path or an address, for example). */
export function parseCondaSpec(text: string): CondaSpec | undefined {
  const match = /^(?:([^\s:]+)::)?([\w.][\w.-]*)(.*)$/s.exec(text.replace(/\s#.*$/, "").trim());
  if (!match?.[2]) return undefined;
  const name = match[2].toLowerCase();
  const rest = closeUp(match[3] ?? "");
  if (rest !== "" && !/^[\s=<>!~[]/.test(rest)) return undefined;

  const bracket = readBracket(rest);
  const { version: written = "", build = bracket?.build } = splitBuild(bracket ? bracket.before : rest);
  const { version, lost } = sayForPip(bracket?.version ?? written);
  const channel = match[1] ?? bracket?.channel;
  return { ...(channel && { channel }), name, version, ...(build && { build }), ...(lost && { lost }) };
}

/** `>= 1.2, < 2` → `>=1.2,<2`, so that the spaces left are those between version and build. */
const closeUp = (rest: string) => rest.replaceAll(/\s*([,|])\s*/g, "$1").replaceAll(/([<>=!~]+)\s+/g, "$1");

/** `[version='>=1.2', build=py37_0]`, the long form. */
function readBracket(rest: string) {
  const match = /^([^[]*)\[(.*)\]\s*$/.exec(rest);
  if (!match) return undefined;
  const field = (key: string) => {
    const found = new RegExp(`(?:^|,)\\s*${key}=(?:'([^']*)'|"([^"]*)"|([^,]*))`).exec(match[2] ?? "");
    return found?.[1] ?? found?.[2] ?? found?.[3];
  };
  return {
    before: match[1] ?? "",
    version: field("version"),
    build: field("build"),
    channel: field("channel"),
  };
}

/** A version is exact when it stands alone after a space or has a build behind it; `=1.2` alone means 1.2 and below it. */
function splitBuild(rest: string): { version?: string; build?: string } {
  const [first = "", second] = rest.trim().split(/\s+/);
  if (second !== undefined) return { version: first.replace(/^=(?!=)/, ""), build: second };
  const match = /^(=?)([^=].*?)(?<![<>=!~])=(?!=)(.+)$/.exec(first) ?? /^(==)([^=]+)=(?!=)(.+)$/.exec(first);
  if (match) return { version: match[2] ?? "", ...(match[3] && { build: match[3] }) };
  return { version: first };
}

function sayForPip(written: string): { version: string; lost?: string } {
  // pip cannot say "or"; the last alternative is by custom the newest.
  const alternatives = written.split("|");
  const clauses = (alternatives.at(-1) ?? "").split(",").map(sayClause);
  const version = clauses.filter((clause) => clause !== undefined && clause !== "").join(",");
  const isLossy = alternatives.length > 1 || clauses.includes(undefined);
  return { version, ...(isLossy && { lost: written }) };
}

function sayClause(clause: string): string | undefined {
  if (clause === "" || /^[=]*\*$/.test(clause)) return "";
  const match = /^(==|=|>=|<=|>|<|!=|~=)?\s*(v?\d[\w.!+-]*?)(\.?\*)?$/.exec(clause);
  if (!match) return undefined;
  const [, operator = "==", version = "", star] = match;
  if (operator === "=") return `==${version}.*`;
  if (operator === "==" || operator === "!=") return `${operator}${version}${star ? ".*" : ""}`;
  return `${operator}${version}`;
}
