// A command line with holes: parsed once from any dialect, filled once on the node, always as one shell word a value.

export type Binding = "inputs" | "outputs" | "search_space";

export type CommandPart =
  | { text: string }
  | { binding: Binding; name: string }
  /** Dialect C's `$[[ … ]]`: dropped when a binding inside has no value. */
  | { optional: CommandPart[] };

export interface Command {
  /** As the user wrote it, with placeholders. */
  source: string;
  parts: CommandPart[];
}

/** A value for a binding; undefined means that it has none. */
export type Lookup = (binding: Binding, name: string) => string | undefined;

/**
 * The line to give to `bash -c`. A value is escaped for the quotes around its placeholder, so spaces, quotes,
 * `$` and `;` in it stay part of one value and nothing in it is ever run.
 */
export function fillCommand(command: Command, lookup: Lookup): string {
  const shell = new ShellReader();
  let line = "";
  const write = (text: string) => {
    line += text;
    shell.read(text);
  };
  const fill = (parts: CommandPart[]) => {
    for (const part of parts) {
      if ("text" in part) write(part.text);
      else if ("optional" in part) {
        if (hasAllValues(part.optional, lookup)) fill(part.optional);
      } else {
        const value = lookup(part.binding, part.name);
        if (value === undefined) throw new Error(`no value for ${part.binding}.${part.name}`);
        line += escapeFor(shell.quote, value);
        shell.readValue();
      }
    }
  };
  fill(command.parts);
  return line.trimEnd();
}

const hasAllValues = (parts: CommandPart[], lookup: Lookup): boolean =>
  parts.every((part) =>
    "text" in part ? true : "optional" in part ? true : lookup(part.binding, part.name) !== undefined,
  );

export type Quote = "none" | "single" | "double" | "ansi" | "heredoc" | "heredoc-literal";

export function escapeFor(quote: Quote, value: string): string {
  switch (quote) {
    case "none":
      return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
    case "single":
      return value.replaceAll("'", `'\\''`);
    case "double":
      return value.replaceAll(/[\\"$`]/g, (char) => `\\${char}`);
    case "ansi":
      return value.replaceAll(/[\\']/g, (char) => `\\${char}`);
    case "heredoc":
      return value.replaceAll(/[\\$`]/g, (char) => `\\${char}`);
    case "heredoc-literal":
      return value;
  }
}

/** Follows bash text just far enough to know which quotes the next character stands in. */
class ShellReader {
  // A stack, because `$( … )` inside double quotes starts afresh.
  #stack: Quote[] = ["none"];
  #escaped = false;
  #comment = false;
  #previous = "\n";
  #pendingHeredocs: { delimiter: string; literal: boolean; stripTabs: boolean }[] = [];
  #heredocLine = "";
  #redirect = "";

  get quote(): Quote {
    return this.#stack.at(-1)!;
  }

  readValue(): void {
    this.#escaped = false;
    this.#previous = "x";
  }

  read(text: string): void {
    for (const char of text) this.#next(char);
  }

  #next(char: string): void {
    const previous = this.#previous;
    this.#previous = char;
    if (this.quote === "heredoc" || this.quote === "heredoc-literal") return this.#inHeredoc(char);
    if (this.#comment) {
      if (char !== "\n") return;
      this.#comment = false;
    }
    if (this.#escaped) {
      this.#escaped = false;
      return;
    }
    switch (this.quote) {
      case "single":
        if (char === "'") this.#stack.pop();
        return;
      case "ansi":
        if (char === "\\") this.#escaped = true;
        else if (char === "'") this.#stack.pop();
        return;
      case "double":
        if (char === "\\") this.#escaped = true;
        else if (char === '"') this.#stack.pop();
        else if (char === "(" && previous === "$") this.#stack.push("none");
        return;
      default:
        this.#unquoted(char, previous);
    }
  }

  #unquoted(char: string, previous: string): void {
    if (this.#redirect !== "" && this.#readDelimiter(char)) return;
    if (char === "\\") this.#escaped = true;
    else if (char === "'") this.#stack.push(previous === "$" ? "ansi" : "single");
    else if (char === '"') this.#stack.push("double");
    else if (char === "(") this.#stack.push("none");
    else if (char === ")" && this.#stack.length > 1) this.#stack.pop();
    else if (char === "#" && /[\s;&|(]/.test(previous)) this.#comment = true;
    else if (char === "<" && previous === "<") this.#redirect = "<<";
    else if (char === "\n" && this.#pendingHeredocs.length > 0) this.#enterHeredoc();
  }

  /** Collects the word after `<<`. Returns whether the character belonged to it. */
  #readDelimiter(char: string): boolean {
    const word = this.#redirect.slice(2).trimStart();
    if (word === "" && char === "<") {
      this.#redirect = ""; // a here-string, <<<
      return true;
    }
    const ends = word !== "" && word !== "-" && /[\s;&|<>()]/.test(char);
    if (!ends && !(word === "" && char === "\n")) {
      this.#redirect += char;
      return true;
    }
    const stripTabs = word.startsWith("-");
    const raw = (stripTabs ? word.slice(1) : word).trim();
    if (raw !== "") {
      this.#pendingHeredocs.push({
        delimiter: raw.replaceAll(/["'\\]/g, ""),
        literal: /["'\\]/.test(raw),
        stripTabs,
      });
    }
    this.#redirect = "";
    return false;
  }

  #enterHeredoc(): void {
    this.#heredocLine = "";
    this.#stack.push(this.#pendingHeredocs[0]!.literal ? "heredoc-literal" : "heredoc");
  }

  #inHeredoc(char: string): void {
    if (char !== "\n") {
      this.#heredocLine += char;
      return;
    }
    const { delimiter, stripTabs } = this.#pendingHeredocs[0]!;
    const line = stripTabs ? this.#heredocLine.replace(/^\t+/, "") : this.#heredocLine;
    this.#heredocLine = "";
    if (line !== delimiter) return;
    this.#stack.pop();
    this.#pendingHeredocs.shift();
    if (this.#pendingHeredocs.length > 0) this.#enterHeredoc();
  }
}
