// The few lines of shell above each process of the user's. They keep its exit code even when no agent is alive.

/** What the wrapper writes into the process's folder. */
export const wrapperFiles = {
  /** The wrapper's pid. Created once and for all: a second wrapper finds it and does nothing. */
  started: "started",
  exit: "exit.json",
  /** The shell's own words, such as "Killed". */
  log: "wrapper.log",
} as const;

/**
 * $1 is the folder, $2 the user's command line.
 *
 * `set -C` makes the redirection to `started` an exclusive create, so one attempt's process is started at most
 * once, whoever tries. The signals are caught rather than ignored, because a child inherits "ignored" but not
 * "caught". stderr is put onto stdout's own file, so both stay in the order they were written in.
 */
export const wrapperScript = `set -C
{ echo "$$" > "$1/started"; } 2>/dev/null || exit 0
trap : HUP INT QUIT TERM USR1 USR2
bash -c "$2" 2>&1
code=$?
set +C
echo "{\\"code\\":$code}" > "$1/exit.json"
exit $code
`;

/**
 * The same in a container, where it is the first process: $3 is the log. Its pid means nothing outside, so none is
 * written. Without bash the image's own shell reads the command.
 */
export const containerWrapperScript = `[ -e "$1/started" ] && exit 0
echo container > "$1/started" || exit 126
trap : HUP INT QUIT TERM USR1 USR2
exec >>"$3" 2>>"$1/wrapper.log" || exit 126
if command -v bash >/dev/null 2>&1; then bash -c "$2" 2>&1; else sh -c "$2" 2>&1; fi
code=$?
echo "{\\"code\\":$code}" > "$1/exit.json"
exit $code
`;
