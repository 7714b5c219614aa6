// The caller asked for something impossible. One place turns it into HTTP, one into an exit code.

/** Why a request was refused, as a stable word that programs can test. */
export type RefusedCode =
  | "invalid" // the request itself is wrong
  | "not-found"
  | "conflict" // it exists already, or changed meanwhile
  | "immutable" // it may not change any more
  | "wrong-state" // not possible in the present state
  | "unauthorized" // no token, or a wrong one
  | "forbidden" // a good token that may not do this
  | "too-large"
  | "unsupported" // known, but this version cannot do it
  | "superseded"; // an agent that a newer one has replaced

export class Refused extends Error {
  readonly code: RefusedCode;
  /** What the caller can do about it, in a sentence. */
  readonly hint: string | undefined;
  /** Facts for programs, such as the offset a writer should go on from. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: RefusedCode, message: string, hint?: string, details?: Record<string, unknown>) {
    super(message);
    this.name = "Refused";
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}
