// YAML of jobs in the editor: completion and descriptions from the JSON Schema, faults from the server's own reader.
import { autocompletion } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Diagnostic } from "@codemirror/lint";
import type { Extension, Text } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import { isSweepText } from "./is-sweep-text.ts";
import { aboutAt, keysAt, valuesAt } from "./schema-words.ts";
import type { Schema, Word } from "./schema-words.ts";
import type { FileProblem } from "./submit-queries.ts";
import { keyAt, yamlPlaceAt } from "./yaml-place.ts";

export interface Vocabulary {
  /** Of command jobs and of sweeps; undefined until they have come. */
  schemas: { command: Schema | undefined; sweep: Schema | undefined };
  computes: readonly string[];
  environments: readonly string[];
}

/** `current` is asked each time, for computes come and go. */
export const jobLanguage = (current: () => Vocabulary): Extension => [
  autocompletion({ override: [(context) => complete(context, current())], icons: false }),
  hoverTooltip((view, at) => {
    const text = view.state.doc.toString();
    const key = keyAt(text, at);
    const about = key && aboutAt(schemaOf(text, current()), key.path);
    if (!key || about === undefined) return null;
    return {
      pos: key.from,
      end: key.to,
      above: true,
      create: () => {
        const dom = document.createElement("div");
        dom.className = "job-about";
        dom.textContent = about;
        return { dom };
      },
    };
  }),
];

const schemaOf = (text: string, { schemas }: Vocabulary): Schema =>
  (isSweepText(text) ? schemas.sweep : schemas.command) ?? {};

function complete(context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null {
  const text = context.state.doc.toString();
  const place = yamlPlaceAt(text, context.pos);
  if (place.word === "" && !context.explicit && place.wants === "key") return null;
  const schema = schemaOf(text, vocabulary);
  const words =
    place.wants === "key"
      ? [...keysAt(schema, place.path, place.siblings), ...valuesAt(schema, place.path)]
      : [...namesAt(place.path, vocabulary), ...valuesAt(schema, place.path)];
  if (words.length === 0) return null;
  const indent = " ".repeat(place.from - (text.lastIndexOf("\n", place.from - 1) + 1));
  return { from: place.from, options: words.map((word) => optionOf(word, indent)), validFor: /^[\w.:@$-]*$/ };
}

/** Names that only this workspace knows. */
function namesAt(path: readonly string[], { computes, environments }: Vocabulary): Word[] {
  const last = path.at(-1);
  const isCompute = last === "compute" || (last === "target" && path.at(-2) === "compute");
  const names = isCompute ? computes : last === "environment" ? environments : [];
  return names.map((label) => ({ label, isKey: false, detail: "here" }));
}

const optionOf = (
  { label, about, detail, isKey, isNested, isRequired }: Word,
  indent: string,
): Completion => ({
  label,
  type: isKey ? "property" : "enum",
  apply: isKey ? (isNested ? `${label}:\n${indent}  ` : `${label}: `) : label,
  ...(detail !== undefined && { detail }),
  ...(about !== undefined && { info: about }),
  ...(isRequired && { boost: 10 }),
});

export function diagnosticsOf(
  doc: Text,
  problems: readonly FileProblem[],
  severity: "error" | "warning",
): Diagnostic[] {
  return problems.map(({ line = 1, column = 1, length = 1, message, hint }) => {
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + column - 1, at.to);
    return {
      from,
      to: Math.min(Math.max(from + length, from), at.to),
      severity,
      message: hint === undefined ? message : `${message}\n${hint}`,
    };
  });
}
