// Splits code into comments, strings, numbers, words of the language and the rest: enough colour to read by.

export type TokenKind = "comment" | "string" | "number" | "keyword" | "name" | "plain";

export interface Token {
  kind: TokenKind;
  text: string;
}

export type Language = "python" | "yaml" | "json" | "shell" | "javascript" | "toml" | "plain";

const words = (list: string) => new Set(list.split(" "));

const keywords: Readonly<Record<Language, ReadonlySet<string>>> = {
  python: words(
    "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield True False None self",
  ),
  yaml: words("true false null yes no"),
  json: words("true false null"),
  toml: words("true false"),
  shell: words(
    "if then else elif fi for while do done case esac function in return export local set cd echo exit source",
  ),
  javascript: words(
    "async await break case catch class const continue default delete do else export extends finally for from function if import in instanceof let new of return static super switch this throw try typeof var void while yield true false null undefined interface type",
  ),
  plain: new Set(),
};

const hash = String.raw`#[^\n]*`;
const quoted = String.raw`"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`;
const number = String.raw`\b(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\b`;
const word = String.raw`[A-Za-z_]\w*`;

const pattern = (comment: string, text: string, name = "(?!)", words = word) =>
  new RegExp(
    `(?<comment>${comment})|(?<name>${name})|(?<string>${text})|(?<number>${number})|(?<word>${words})`,
    "g",
  );

const patterns: Readonly<Record<Exclude<Language, "plain">, RegExp>> = {
  python: pattern(
    hash,
    String.raw`[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$))|[rbfuRBFU]{0,2}(?:${quoted})`,
  ),
  // In YAML a quote inside a word is a letter, and a # only begins a comment after a space.
  yaml: pattern(
    String.raw`(?<=^|\s)#[^\n]*`,
    String.raw`(?<=^|[\s:[{,-])(?:${quoted})`,
    String.raw`(?<=^[ \t]*(?:- +)*)[\w.$/-]+(?=\s*:(?:\s|$))`,
    // A version at the end of a name is no number.
    String.raw`[A-Za-z_$/][\w.:/$-]*`,
  ),
  json: pattern("(?!)", quoted, String.raw`"(?:[^"\\\n]|\\.)*"(?=\s*:)`),
  toml: pattern(hash, quoted, String.raw`(?<=^\s*)[\w.-]+(?=\s*=)`),
  shell: pattern(String.raw`(?<=^|\s)#[^\n]*`, quoted, String.raw`\$\{?\w+\}?`),
  javascript: pattern(
    String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`,
    String.raw`${quoted}|\x60(?:[^\x60\\]|\\.)*\x60?`,
  ),
};

const multiline: Readonly<Partial<Record<Language, RegExp>>> = {
  yaml: new RegExp(patterns.yaml.source, "gm"),
  toml: new RegExp(patterns.toml.source, "gm"),
  shell: new RegExp(patterns.shell.source, "gm"),
};

export function tokenize(text: string, language: Language): Token[] {
  if (language === "plain" || text.length > longest) return [{ kind: "plain", text }];
  const tokens: Token[] = [];
  const add = (kind: TokenKind, part: string) => {
    if (part === "") return;
    const last = tokens.at(-1);
    if (last?.kind === kind) last.text += part;
    else tokens.push({ kind, text: part });
  };
  let end = 0;
  for (const match of text.matchAll(multiline[language] ?? patterns[language])) {
    add("plain", text.slice(end, match.index));
    add(kindOf(match, language), match[0]);
    end = match.index + match[0].length;
  }
  add("plain", text.slice(end));
  return tokens;
}

/** Longer files are shown without colours: nobody reads them, and each token costs an element. */
const longest = 400_000;

function kindOf({ groups, 0: text }: RegExpMatchArray, language: Language): TokenKind {
  if (groups?.["comment"] !== undefined) return "comment";
  if (groups?.["name"] !== undefined) return "name";
  if (groups?.["string"] !== undefined) return "string";
  if (groups?.["number"] !== undefined) return "number";
  return keywords[language].has(text) ? "keyword" : "plain";
}

/** The tokens of each line. */
export function tokenizeLines(text: string, language: Language): Token[][] {
  const lines: Token[][] = [[]];
  for (const { kind, text: part } of tokenize(text, language)) {
    for (const [index, piece] of part.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (piece !== "") lines.at(-1)!.push({ kind, text: piece });
    }
  }
  return lines;
}

const languages: Readonly<Record<string, Language>> = {
  py: "python",
  pyi: "python",
  yml: "yaml",
  yaml: "yaml",
  json: "json",
  jsonl: "json",
  ipynb: "json",
  sh: "shell",
  bash: "shell",
  js: "javascript",
  mjs: "javascript",
  ts: "javascript",
  tsx: "javascript",
  toml: "toml",
  ini: "toml",
  cfg: "toml",
};

export function languageOf(path: string): Language {
  const name = path.split("/").at(-1)!.toLowerCase();
  if (/^(dockerfile|makefile)/.test(name)) return "shell";
  return languages[name.split(".").at(-1)!] ?? "plain";
}
