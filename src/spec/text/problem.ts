// What is wrong with a file that a user wrote, said so that they can mend it at once, like a good compiler does.

export interface Problem {
  /** The file as the user named it, or the command-line argument that is at fault (`--set a.b=…`). */
  file: string;
  /** 1-based; absent when the file as a whole is meant. */
  line?: number;
  column?: number;
  /** The place in the document, such as `inputs.table.mode`; empty for its root. */
  path: string;
  /** What was found and what is allowed, without a full stop. */
  message: string;
  /** The known name that was probably meant. */
  nearest?: string;
  /** What to do about it, as a sentence. */
  hint?: string;
  /** The source line and how many of its characters are at fault. */
  excerpt?: { text: string; length: number };
}

/** Holds every fault of a file at once. */
export class InvalidFile extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = inReadingOrder(problems);
    super(renderProblems(sorted));
    this.name = "InvalidFile";
    this.problems = sorted;
  }
}

/** By line within a file; the files in the order in which they came up. */
function inReadingOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const order = new Map(files.map((file, index) => [file, index]));
  return problems.toSorted(
    (a, b) =>
      order.get(a.file)! - order.get(b.file)! ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/** As many as a person can read; the rest is counted. */
const mostShown = 50;
const excerptWidth = 100;

export function renderProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, mostShown).map(renderProblem);
  const rest = problems.length - shown.length;
  if (rest > 0) shown.push(`… and ${rest} more`);
  return shown.join("\n");
}

function renderProblem(problem: Problem): string {
  const { file, line, column, path, message, nearest, hint } = problem;
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  const start = `${path === "" ? place : `${place}  ${cut(path, 300)}`}  `;
  const text = cut(message, 1000);
  const question = nearest === undefined ? "" : `. Did you mean "${nearest}"?`;
  const lines = [`${start}${text}${question}`, ...renderExcerpt(problem)];
  if (hint !== undefined) lines.push(`    hint: ${cut(hint, 500)}`);
  return lines.join("\n");
}

function renderExcerpt({ line, column, excerpt }: Problem): string[] {
  if (line === undefined || column === undefined || excerpt === undefined) return [];
  const first = Math.max(0, column - 1 - excerptWidth / 2);
  const shown = excerpt.text.slice(first, first + excerptWidth);
  const printable = shown.replaceAll("\t", " ").replaceAll(/\p{Cc}/gu, "�");
  const gutter = `    ${line} | `;
  const before = column - 1 - first;
  const carets = "^".repeat(Math.max(1, Math.min(excerpt.length, shown.length - before)));
  return [
    `${gutter}${printable}`.trimEnd(),
    `${" ".repeat(gutter.length - 2)}| ${" ".repeat(before)}${carets}`,
  ];
}

/** A text from the file inside quotes, cut when it is long. */
export const quoted = (text: string): string => JSON.stringify(cut(text, 60));

/** Whatever a file holds, what is said of it stays readable. */
export const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
