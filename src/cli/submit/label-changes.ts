// The words of `update` → what may change of a job or an asset: what is said of it, never what it is.
import { nearestName } from "../../core/names.ts";
import { CommandFailed, UsageError } from "../fail.ts";

export interface LabelChanges {
  body: {
    displayName?: string;
    description?: string;
    /** Of a model: how far it has come; empty for nowhere. */
    stage?: string;
    tags?: Record<string, string | null>;
    properties?: Record<string, string>;
  };
  /** Whether the tags given are all that shall be left. */
  replaceTags: boolean;
}

export interface LabelWords {
  set?: string[];
  /** `tags a=b c=d properties e=f`: a map's name, then what to add to it. */
  add?: string[];
  remove?: string[];
}

/** What is to change, and which of its keys can. */
export interface Changeable {
  noun: string;
  keys: readonly string[];
  /** What to do for a change that is none of these. */
  otherwise: string;
}

export const changeableOfJob: Changeable = {
  noun: "job",
  keys: ["tags", "properties", "display_name", "description"],
  otherwise: "To run it differently, submit it again with --set.",
};

export function readLabelChanges(words: LabelWords, of: Changeable = changeableOfJob): LabelChanges {
  const { set = [], add = [], remove = [] } = words;
  if (set.length + add.length + remove.length === 0) {
    throw new UsageError("nothing to change was given", "For example: --set tags.stage=keep");
  }
  const changes: LabelChanges = { body: {}, replaceTags: false };
  for (const assignment of set) applySet(assignment, changes, of);
  applyAdd(add, changes, of);
  for (const path of remove) applyRemove(path, changes, of);
  return changes;
}

function applySet(words: string, changes: LabelChanges, of: Changeable): void {
  const [path, value] = splitPair(words, "--set");
  const { key, member } = splitPath(path, of);
  if (member !== undefined) return setMember(key, member, value, changes);
  if (key === "display_name") changes.body.displayName = value;
  else if (key === "description") changes.body.description = value;
  else if (key === "stage") changes.body.stage = value;
  else {
    for (const [name, text] of Object.entries(readMap(key, value))) setMember(key, name, text, changes);
    if (key === "tags") changes.replaceTags = true;
  }
}

function applyAdd(words: readonly string[], changes: LabelChanges, of: Changeable): void {
  let map: string | undefined;
  for (const word of words) {
    if (!word.includes("=") && !word.startsWith("{")) {
      map = splitPath(word, of).key;
      continue;
    }
    if (map === undefined)
      throw new UsageError(`--add ${word} does not say what to add to`, "For example: --add tags stage=keep");
    if (word.startsWith("{")) {
      for (const [name, text] of Object.entries(readMap(map, word))) setMember(map, name, text, changes);
    } else {
      const [name, value] = splitPair(word, "--add");
      setMember(map, name, value, changes);
    }
  }
}

function applyRemove(path: string, changes: LabelChanges, of: Changeable): void {
  const { key, member } = splitPath(path, of);
  if (key === "tags" && member !== undefined) changes.body.tags = { ...changes.body.tags, [member]: null };
  else if (key === "description") changes.body.description = "";
  else if (key === "stage") changes.body.stage = "";
  else if (key === "tags") changes.replaceTags = true;
  else {
    throw new CommandFailed(`${path} cannot be removed`, {
      hint: "Tags can: --remove tags.<name>. Properties stay once they are set.",
    });
  }
}

function setMember(key: string, member: string, value: string, { body }: LabelChanges): void {
  if (key === "tags") body.tags = { ...body.tags, [member]: value };
  else if (key === "properties") body.properties = { ...body.properties, [member]: value };
  else
    throw new CommandFailed(`${key} is a text and has no member ${member}`, {
      hint: `Set it whole: --set ${key}=…`,
    });
}

/** The member is everything after the first dot: names of tags may have dots themselves. */
function splitPath(path: string, { noun, keys, otherwise }: Changeable): { key: string; member?: string } {
  const dot = path.indexOf(".");
  const key = dot < 0 ? path : path.slice(0, dot);
  if (!keys.includes(key)) {
    const nearest = nearestName(key, keys);
    throw new CommandFailed(
      `${key} of a ${noun} cannot change${nearest ? `. Did you mean ${nearest}?` : ""}`,
      { hint: `Only these can: ${keys.join(", ")}. ${otherwise}` },
    );
  }
  return dot < 0 ? { key } : { key, member: path.slice(dot + 1) };
}

function splitPair(words: string, flag: string): [string, string] {
  const equals = words.indexOf("=");
  if (equals > 0) return [words.slice(0, equals), words.slice(equals + 1)];
  throw new UsageError(`${flag} ${words} has no value`, `Write it as ${flag} name=value`);
}

function readMap(key: string, text: string): Record<string, string> {
  const fault = () =>
    new UsageError(
      `--set ${key}=${text} is not a map`,
      `Write --set ${key}.<name>=<value>, or a JSON object`,
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw fault();
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw fault();
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** `--set tags={…}` means that no other tag is left. */
export function withoutOtherTags<Body extends { tags?: Record<string, string | null> }>(
  body: Body,
  present: Readonly<Record<string, string>>,
): Body {
  const gone = Object.keys(present).map((tag) => [tag, null] as const);
  return { ...body, tags: { ...Object.fromEntries(gone), ...body.tags } };
}
