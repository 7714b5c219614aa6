// Follows bash text just far enough to know which quotes the next character stands in.
import { Refused } from "./refused.ts";

export type Quote =
  | "none"
  | "single"
  | "double"
  | "ansi" // $'…'
  | "backtick"
  | "arithmetic" // ((…)) and $((…))
  | "heredoc"
  | "heredoc-literal"; // its delimiter is quoted, so nothing in it is expanded

interface Heredoc {
  delimiter: string;
  literal: boolean;
  stripTabs: boolean;
}

/** Neither starts nor continues anything. */
const neutral = "x";

export class ShellReader {
  // A stack, because `$(…)` and backticks start afresh inside double quotes and here-documents.
  #stack: Quote[] = ["none"];
  #escaped = false;
  #comment = false;
  #previous = "\n";
  /** What is collected after `<<`, until the delimiter is complete. */
  #redirect = "";
  #heredocs: Heredoc[] = [];
  #heredocLine = "";
  /** The value whose text is on the present line of a literal here-document. */
  #valueOnLine: string | undefined;

  get quote(): Quote {
    return this.#stack.at(-1) ?? "none";
  }

  read(text: string): void {
    for (const char of text) this.#next(char);
  }

  /** A value was written here in a form that changes no quotes. */
  readValue(): void {
    this.#escaped = false;
    this.#previous = neutral;
    this.#heredocLine += neutral;
  }

  /** A value goes into a literal here-document as it is, so it must not end that. */
  readLiteral(value: string, written: string): void {
    for (const char of value) {
      this.#valueOnLine = written;
      this.#inHeredoc(char, "", "heredoc-literal");
    }
    this.#valueOnLine = written;
  }

  #next(char: string): void {
    const previous = this.#previous;
    if (this.#escaped) {
      this.#escaped = false;
      // A backslash before a line's end joins the lines: what comes next follows what came before.
      if (char !== "\n") this.#previous = neutral;
      if (this.#isHeredoc(this.quote)) this.#heredocLine += char === "\n" ? "" : char;
      return;
    }
    if (this.#comment && char !== "\n") return;
    this.#comment = false;
    if (char === "\\" && this.quote !== "single" && this.quote !== "heredoc-literal") {
      this.#escaped = true;
      if (this.quote === "heredoc") this.#heredocLine += char;
      else if (this.#redirect !== "") this.#redirect += char;
      return;
    }
    // `$$` is a whole parameter: its second `$` opens nothing.
    this.#previous = char === "$" && previous === "$" ? neutral : char;
    this.#inQuote(char, previous);
  }

  #inQuote(char: string, previous: string): void {
    const { quote } = this;
    switch (quote) {
      case "single":
      case "ansi":
        if (char === "'") this.#stack.pop();
        return;
      case "double":
        if (char === '"') this.#stack.pop();
        else this.#startsAfresh(char, previous);
        return;
      case "arithmetic":
        if (char === ")") this.#stack.pop();
        else if (!this.#startsAfresh(char, previous) && char === "(") this.#stack.push("arithmetic");
        return;
      case "heredoc":
      case "heredoc-literal":
        return this.#inHeredoc(char, previous, quote);
      default:
        this.#unquoted(char, previous);
    }
  }

  /** Command substitutions, which open even inside double quotes. */
  #startsAfresh(char: string, previous: string): boolean {
    if (char === "`") this.#stack.push("backtick");
    else if (char === "(" && previous === "$") this.#stack.push("none");
    else return false;
    return true;
  }

  #unquoted(char: string, previous: string): void {
    if (this.#redirect !== "" && this.#readDelimiter(char)) return;
    if (char === "'") this.#stack.push(previous === "$" ? "ansi" : "single");
    else if (char === '"') this.#stack.push("double");
    else if (char === "`") this.#toggleBacktick();
    else if (char === "(" && previous === "(") this.#stack.splice(-1, 1, "arithmetic", "arithmetic");
    else if (char === "(") this.#stack.push("none");
    else if (char === ")" && this.#stack.length > 1) this.#stack.pop();
    else if (char === "#" && /[\s;&|(`]/.test(previous)) this.#comment = true;
    else if (char === "<" && previous === "<") this.#redirect = "<<";
    else if (char === "\n" && this.#heredocs.length > 0) this.#enterHeredoc();
  }

  #toggleBacktick(): void {
    if (this.quote === "backtick") this.#stack.pop();
    else this.#stack.push("backtick");
  }

  /** Collects the word after `<<`. Returns whether the character belonged to it. */
  #readDelimiter(char: string): boolean {
    const word = this.#redirect.slice(2).trimStart();
    if (word === "" && char === "<") {
      this.#redirect = ""; // a here-string, <<<
      this.#previous = neutral;
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
      const literal = /["'\\]/.test(raw);
      this.#heredocs.push({ delimiter: raw.replaceAll(/["'\\]/g, ""), literal, stripTabs });
    }
    this.#redirect = "";
    return false;
  }

  #isHeredoc(quote: Quote): boolean {
    return quote === "heredoc" || quote === "heredoc-literal";
  }

  #enterHeredoc(): void {
    this.#heredocLine = "";
    this.#valueOnLine = undefined;
    this.#stack.push(this.#heredocs[0]?.literal === true ? "heredoc-literal" : "heredoc");
  }

  #inHeredoc(char: string, previous: string, quote: "heredoc" | "heredoc-literal"): void {
    if (char !== "\n") {
      this.#heredocLine += char;
      if (quote === "heredoc") this.#startsAfresh(char, previous);
      return;
    }
    const heredoc = this.#heredocs[0];
    const line = heredoc?.stripTabs === true ? this.#heredocLine.replace(/^\t+/, "") : this.#heredocLine;
    const valueOnLine = this.#valueOnLine;
    this.#heredocLine = "";
    this.#valueOnLine = undefined;
    if (line !== heredoc?.delimiter) return;
    if (valueOnLine !== undefined) {
      const message = `the value of ${valueOnLine} would end the here-document it stands in, at its line ${line}`;
      throw new Refused("invalid", message, "Give the here-document a delimiter that no value holds.");
    }
    this.#stack.pop();
    this.#heredocs.shift();
    if (this.#heredocs.length > 0) this.#enterHeredoc();
  }
}
