// Which Python an environment asks for, compared by major and minor: the patch level decides nothing people notice.

/** `==3.7.*`, `>=3.6,<3.9` and the like; empty accepts all. Alternatives do not occur: conda-spec chose one. */
export function acceptsPython(request: string, version: string): boolean {
  return request
    .split(",")
    .filter((clause) => clause.trim() !== "")
    .every((clause) => clauseAccepts(clause.trim(), version));
}

/** "3.7" for `==3.7.*` and for `==3.7.4`; undefined when more than one would do. */
export function exactPython(request: string): string | undefined {
  return /^==(\d+\.\d+)(?:[.\d*]*)$/.exec(request.trim())?.[1];
}

function clauseAccepts(clause: string, version: string): boolean {
  const match = /^(==|>=|<=|>|<|!=|~=)(\d+)(?:\.(\d+))?(\.\d+)?/.exec(clause);
  if (!match?.[1]) return true;
  const [, operator, major, minor] = match;
  // `>3.8.1` lets later 3.8 pass, `<3.9.1` earlier 3.9; at this precision that is "or equal".
  const hasPatch = match[4] !== undefined;
  const [hostMajor = 0, hostMinor = 0] = version.split(".").map(Number);
  const difference =
    hostMajor - Number(major) || (minor === undefined ? 0 : Math.sign(hostMinor - Number(minor)));
  switch (operator) {
    case "==":
      return difference === 0;
    case "!=":
      return hasPatch || difference !== 0;
    case ">=":
      return difference >= 0;
    case "<=":
      return difference <= 0;
    case ">":
      return hasPatch ? difference >= 0 : difference > 0;
    case "<":
      return hasPatch ? difference <= 0 : difference < 0;
    default:
      // `~=3.7` accepts any later 3.x, `~=3.7.2` any 3.7.
      return hasPatch ? difference === 0 : hostMajor === Number(major) && difference >= 0;
  }
}
