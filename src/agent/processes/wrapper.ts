// The few lines of shell above each process of the user's. They keep its exit code even when no agent is alive.
// What they write is one file a process: the wrapper's pid, the shell's own words (such as "Killed"), and at the end
// `exit` and the code.
import { existsSync, readFileSync, statSync } from "node:fs";

/**
 * $1 is the process's file, what follows the program to run and its arguments.
 *
 * `set -C` makes the first redirection an exclusive create, so one attempt's process is started at most once, whoever
 * tries. The signals are caught rather than ignored, because a child inherits "ignored" but not "caught". stderr is put
 * onto stdout's own file, so both stay in the order they were written in.
 */
export const wrapperScript = `set -C
{ echo "$$" > "$1"; } 2>/dev/null || exit 0
exec 2>>"$1"
trap : HUP INT QUIT TERM USR1 USR2
file=$1
shift
"$@" 2>&1
code=$?
echo "exit $code" >> "$file"
exit $code
`;

/** Python with words that no shell would read otherwise than they stand. */
const plainPython = /^(?:[\w./-]*\/)?python[\d.]*(?: [\w@%+=:,./-]+)+$/;

/** The user's command line as a program and its arguments; most only start Python, which takes no shell. */
export function programOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  // Through these bash would do something before.
  const isPrepared = Object.keys(variables).some((name) => name.startsWith("BASH_"));
  return plainPython.test(command) && !isPrepared ? command.split(" ") : ["bash", "-c", command];
}

/**
 * The same in a container, where it is the first process: $2 is the user's command line, $3 the log. Its pid means
 * nothing outside, so none is written. Without bash the image's own shell reads the command.
 */
export const containerWrapperScript = `[ -e "$1" ] && exit 0
echo container > "$1" || exit 126
trap : HUP INT QUIT TERM USR1 USR2
exec >>"$3" 2>>"$1" || exit 126
if command -v bash >/dev/null 2>&1; then bash -c "$2" 2>&1; else sh -c "$2" 2>&1; fi
code=$?
echo "exit $code" >> "$1"
exit $code
`;

/** Whether a wrapper began, in this agent's time or before. */
export const wasStarted = (file: string): boolean => existsSync(file);

/** Of the wrapper; undefined when none began, or its pid means nothing here. */
export function readWrapperPid(file: string): number | undefined {
  const pid = Number(read(file).split("\n", 1)[0] || undefined);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** A line without its end is not written to the end. */
export function readExit(file: string): { code: number; at: number } | undefined {
  const match = /(?:^|\n)exit (\d+)\n$/.exec(read(file));
  return match ? { code: Number(match[1]), at: Math.round(statSync(file).mtimeMs) } : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
