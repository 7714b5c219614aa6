// The one place that turns what went wrong into words and an exit code. Those of the Azure CLI:
// 0 done, 1 refused or failed, 2 the command line itself is wrong, 3 what `show` should show does not exist.
import { Refused } from "../core/refused.ts";
import { describeError } from "../lib/log.ts";

export class UsageError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

/** The command did not do what was asked. `text` is printed as it is, so it may be JSON or many lines. */
export class CommandFailed extends Error {
  readonly hint: string | undefined;
  readonly verbatim: boolean;
  constructor(message: string, options: { hint?: string; verbatim?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "CommandFailed";
    this.hint = options.hint;
    this.verbatim = options.verbatim ?? false;
  }
}

export interface Failure {
  exitCode: 1 | 2 | 3;
  /** Lines for stderr. */
  message: string;
}

/** `verb` is the last word of the command, such as `show`. */
export function describeFailure(error: unknown, verb: string): Failure {
  if (error instanceof UsageError) return { exitCode: 2, message: withHint(error.message, error.hint) };
  if (error instanceof CommandFailed) {
    return {
      exitCode: 1,
      message: error.verbatim ? error.message : withHint(causeOf(error), error.hint),
    };
  }
  if (error instanceof Refused) return ofRefusal(error, verb);
  if (isNamed(error, "InvalidFile")) {
    return { exitCode: 1, message: `error: the file is not valid, so nothing was sent.\n${error.message}` };
  }
  if (isNamed(error, "Unreachable")) {
    return {
      exitCode: 1,
      message: withHint(
        causeOf(error),
        "Does the server run (`trainyard server status`)? If TRAINYARD_URL is set: is it right?",
      ),
    };
  }
  if (isNamed(error, "ServerFault")) {
    return {
      exitCode: 1,
      message: withHint(
        causeOf(error),
        "hint" in error && typeof error.hint === "string"
          ? error.hint
          : "The server's log has the rest: server.log in TRAINYARD_HOME.",
      ),
    };
  }
  if (isDiskFull(error)) {
    return {
      exitCode: 1,
      message: withHint(
        "the disk is full",
        "Free some space where TRAINYARD_HOME and this folder lie, then try again.",
      ),
    };
  }
  if (isFileError(error)) return { exitCode: 1, message: `error: ${ofFileError(error)}` };
  return {
    exitCode: 1,
    message: withHint(
      `unexpected: ${describeError(error)}`,
      "This is a bug in the command line. Run it again with --debug to see where.",
    ),
  };
}

function ofRefusal(refused: Refused, verb: string): Failure {
  const missing = refused.code === "not-found" && verb === "show";
  const hint =
    refused.code === "unauthorized"
      ? (refused.hint ?? "Check TRAINYARD_TOKEN, or unset it to use the token of TRAINYARD_HOME.")
      : refused.hint;
  return { exitCode: missing ? 3 : 1, message: withHint(refused.message, hint) };
}

const withHint = (message: string, hint: string | undefined): string =>
  hint ? `error: ${message}\n${hint}` : `error: ${message}`;

const causeOf = (error: Error): string => describeError(error);

// By name, because these classes live in modules that are loaded late, and a failure should not load them.
const isNamed = (error: unknown, name: string): error is Error =>
  error instanceof Error && error.name === name;

// Writing through an open file names no path.
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOSPC" && !("path" in error);

const isFileError = (error: unknown): error is NodeJS.ErrnoException & { path: string } =>
  error instanceof Error && "code" in error && "path" in error && typeof error.path === "string";

function ofFileError(error: NodeJS.ErrnoException & { path: string }): string {
  switch (error.code) {
    case "ENOENT":
      return `no such file or directory: ${error.path}`;
    case "EACCES":
    case "EPERM":
      return `permission denied: ${error.path}`;
    case "EROFS":
      return `the disk that holds ${error.path} takes no writes (it is mounted read-only)`;
    case "EISDIR":
      return `a folder, where a file is expected: ${error.path}`;
    case "ENOTDIR":
      return `a part of this path is a file, not a folder: ${error.path}`;
    case "ENOSPC":
      return `no space left on the disk that holds ${error.path}`;
    default:
      return error.message;
  }
}
