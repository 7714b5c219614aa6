// The words of `job update` → what may change of a job: tags, properties, display_name and description.
import { nearestName } from "../../core/names.ts";
import { CommandFailed, UsageError } from "../fail.ts";

export interface LabelChanges {
  body: {
    displayName?: string;
    description?: string;
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

const changeable = ["tags", "properties", "display_name", "description"];

export function readLabelChanges({ set = [], add = [], remove = [] }: LabelWords): LabelChanges {
  if (set.length + add.length + remove.length === 0) {
    throw new UsageError("nothing to change was given", "For example: --set tags.stage=keep");
  }
  const changes: LabelChanges = { body: {}, replaceTags: false };
  for (const words of set) applySet(words, changes);
  applyAdd(add, changes);
  for (const path of remove) applyRemove(path, changes);
  return changes;
}

function applySet(words: string, changes: LabelChanges): void {
  const [path, value] = splitPair(words, "--set");
  const { key, member } = splitPath(path);
  if (member !== undefined) return setMember(key, member, value, changes);
  if (key === "display_name") changes.body.displayName = value;
  else if (key === "description") changes.body.description = value;
  else {
    for (const [name, text] of Object.entries(readMap(key, value))) setMember(key, name, text, changes);
    if (key === "tags") changes.replaceTags = true;
  }
}

function applyAdd(words: readonly string[], changes: LabelChanges): void {
  let map: string | undefined;
  for (const word of words) {
    if (!word.includes("=") && !word.startsWith("{")) {
      map = splitPath(word).key;
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

function applyRemove(path: string, changes: LabelChanges): void {
  const { key, member } = splitPath(path);
  if (key === "tags" && member !== undefined) changes.body.tags = { ...changes.body.tags, [member]: null };
  else if (key === "description") changes.body.description = "";
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
function splitPath(path: string): { key: string; member?: string } {
  const dot = path.indexOf(".");
  const key = dot < 0 ? path : path.slice(0, dot);
  if (!changeable.includes(key)) {
    const nearest = nearestName(key, changeable);
    throw new CommandFailed(`${key} of a job cannot change${nearest ? `. Did you mean ${nearest}?` : ""}`, {
      hint: `Only these can: ${changeable.join(", ")}. To run it differently, submit it again with --set.`,
    });
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
