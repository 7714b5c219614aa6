// A command line with holes: parsed once from any dialect, filled once on the node, always as one shell word a value.
import { Refused } from "./refused.ts";
import { ShellReader } from "./shell-reader.ts";

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
 * The line to give to `bash -c`. A value of plain characters is written as it is; any other is put into a shell
 * variable in front of the line, and its place refers to that. So a value is always one word (or a part of the
 * quoted word it stands in), and nothing in it can be run even where the quotes around a place were misjudged.
 * A parameter that this trial has not got leaves nothing.
 * Throws Refused where the shell has no safe way: a NUL, arithmetic on what is no number, the end of a here-document.
 */
export function fillCommand(command: Command, lookup: Lookup): string {
  const shell = new ShellReader();
  const assignments = new Map<string, string>();
  let line = "";
  const fill = (parts: CommandPart[]) => {
    for (const part of parts) {
      if ("text" in part) {
        line += part.text;
        shell.read(part.text);
      } else if ("optional" in part) {
        if (hasAllValues(part.optional, lookup)) fill(part.optional);
      } else {
        const value = lookup(part.binding, part.name);
        const written = `${part.binding}.${part.name}`;
        // A parameter that another choice would have brought in.
        if (value === undefined && part.binding === "search_space") continue;
        if (value === undefined) throw new Refused("invalid", `no value for ${written}`);
        line += placeValue(value, written, shell, assignments);
      }
    }
  };
  fill(command.parts);
  const front = [...assignments].map(([value, name]) => `${name}=${singleQuoted(value)}; `).join("");
  return front + line.trimEnd();
}

const hasAllValues = (parts: CommandPart[], lookup: Lookup): boolean =>
  parts.every((part) =>
    "text" in part || "optional" in part ? true : lookup(part.binding, part.name) !== undefined,
  );

const isPlain = (value: string): boolean => /^[\w@%+=:,./-]+$/.test(value);
const singleQuoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** What to write where a value belongs. New variables are added to `assignments`, by value. */
function placeValue(
  value: string,
  written: string,
  shell: ShellReader,
  assignments: Map<string, string>,
): string {
  if (value.includes("\0")) {
    throw new Refused(
      "invalid",
      `the value of ${written} holds a NUL character, which no shell can be given`,
    );
  }
  const quote = shell.quote;
  if (quote === "heredoc-literal") {
    shell.readLiteral(value, written);
    return value;
  }
  if (isPlain(value) && quote !== "heredoc") {
    shell.readValue();
    return value;
  }
  if (quote === "arithmetic") {
    // Bash evaluates whatever it finds there, even code inside a variable's value.
    const message = `the value of ${written} stands in shell arithmetic and is no number: ${JSON.stringify(value)}`;
    throw new Refused("invalid", message);
  }
  shell.readValue();
  const name = assignments.get(value) ?? `TRAINYARD_VALUE_${assignments.size + 1}`;
  assignments.set(value, name);
  switch (quote) {
    case "none":
    case "backtick":
      return `"\${${name}}"`;
    case "single":
      return `'"\${${name}}"'`;
    case "ansi":
      return `'"\${${name}}"$'`;
    case "double":
    case "heredoc":
      return `\${${name}}`;
  }
}
