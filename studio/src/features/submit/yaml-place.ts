// Where in a YAML text the cursor stands, by indentation alone: it has to work while the text is half written.

export interface YamlPlace {
  /** Keys from the root; a list's items are `[]`. */
  path: readonly string[];
  /** After `key:` a value is wanted, else a key. */
  wants: "key" | "value";
  /** What is written of it so far, and where that begins. */
  word: string;
  from: number;
  /** Keys that stand beside it already. */
  siblings: readonly string[];
}

interface Line {
  indent: number;
  /** How many `- ` it begins with. */
  dashes: number;
  key: string | undefined;
}

const keyPattern = /^("[^"]*"|'[^']*'|[^\s#:'"[{][^#:]*?)\s*:(?:\s|$)/;

/** A dash counts as two columns: what it holds stands as deep as the keys below it. */
function readLine(text: string): Line | undefined {
  const indent = /^ */.exec(text)![0].length;
  let rest = text.slice(indent);
  if (rest === "" || rest.startsWith("#")) return undefined;
  let dashes = 0;
  while (/^-(\s+|$)/.test(rest)) {
    rest = rest.replace(/^-\s*/, "");
    dashes++;
  }
  const key = keyPattern.exec(rest)?.[1];
  return { indent, dashes, key: key && unquoted(key) };
}

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, "$2");

export function yamlPlaceAt(text: string, at: number): YamlPlace {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const before = text.slice(start, at);
  const lines = text.slice(0, start).split("\n").slice(0, -1);
  const after = text.slice(start).split("\n").slice(1);
  const indent = /^ */.exec(before)![0].length;
  const dashes = /^(?:-\s+)*/.exec(before.slice(indent))![0];
  const content = before.slice(indent + dashes.length);
  const depth = indent + dashes.length;
  const key = keyPattern.exec(`${content} `)?.[1];
  const isValue = key !== undefined && /:\s/.test(content.slice(key.length));
  const parents = parentsOf(lines, dashes === "" ? depth : indent, dashes !== "");
  const inList = dashes === "" ? [] : ["[]"];
  const path = [...parents, ...inList];
  if (isValue) {
    const word = content.slice(key.length).replace(/^\s*:\s*/, "");
    return { path: [...path, unquoted(key)], wants: "value", word, from: at - word.length, siblings: [] };
  }
  // An item of a list of plain values looks like a key that is not finished.
  return {
    path,
    wants: "key",
    word: content,
    from: at - content.length,
    siblings: siblingsOf(lines, after, depth),
  };
}

/** The keys that a line of this depth lies in. */
function parentsOf(lines: readonly string[], depth: number, isItem: boolean): string[] {
  const parents: string[] = [];
  let within = depth;
  let mayEqual = isItem;
  for (const text of lines.toReversed()) {
    const line = readLine(text);
    if (!line) continue;
    const own = line.indent + 2 * line.dashes;
    if (line.dashes > 0 && own <= within && line.indent < within && !(mayEqual && line.indent === within)) {
      // A key beside a dash holds what stands deeper; the dash itself holds its keys.
      if ((own < within || (mayEqual && own === within)) && line.key !== undefined) parents.unshift(line.key);
      parents.unshift("[]");
      within = line.indent;
      mayEqual = true;
      continue;
    }
    if (line.key === undefined || line.dashes > 0) continue;
    if (line.indent < within || (mayEqual && line.indent === within)) {
      parents.unshift(line.key);
      within = line.indent;
      mayEqual = false;
      if (within === 0) break;
    }
  }
  return parents;
}

function siblingsOf(before: readonly string[], after: readonly string[], depth: number): string[] {
  const found: string[] = [];
  const gather = (lines: readonly string[]) => {
    for (const text of lines) {
      const line = readLine(text);
      if (!line) continue;
      const own = line.indent + 2 * line.dashes;
      if (own < depth) break;
      if (own === depth && line.key !== undefined) found.push(line.key);
      if (line.dashes > 0 && line.indent < depth) break;
    }
  };
  gather(before.toReversed());
  gather(after);
  return found;
}

/** The path of the key that a place in the text lies on; undefined where there is no key. */
export function keyAt(text: string, at: number): { path: string[]; from: number; to: number } | undefined {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  const line = text.slice(start, end === -1 ? undefined : end);
  const lead = /^ *(?:-\s+)*/.exec(line)![0].length;
  const key = keyPattern.exec(line.slice(lead))?.[1];
  if (key === undefined || at < start + lead || at > start + lead + key.length) return undefined;
  const { path } = yamlPlaceAt(text, start + lead);
  return { path: [...path, unquoted(key)], from: start + lead, to: start + lead + key.length };
}
