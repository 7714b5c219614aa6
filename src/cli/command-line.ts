// Runs one command line: finds the command, parses its options, and ends with the right exit code.
import { Command, CommanderError } from "commander";
import { nearestName } from "../core/names.ts";
import { systemClock } from "../lib/clock.ts";
import { commands, nouns } from "./commands.ts";
import type { CommandEntry } from "./command-entry.ts";
import { readConfig } from "./config.ts";
import type { Environment } from "./config.ts";
import type { Context } from "./context.ts";
import { describeFailure } from "./fail.ts";
import { createIo } from "./io.ts";
import type { Loudness } from "./io.ts";
import { packageVersion } from "./package-version.ts";
import { refuseUnsupported } from "./unsupported.ts";

export async function runCommandLine(given: string[], env: Environment): Promise<void> {
  // `az ml job create` and `trainyard job create` are the same words.
  const words = given[0] === "ml" ? given.slice(1) : given;
  // For the months around November 2021 data was called so.
  const named = words[0] === "dataset" ? ["data", ...words.slice(1)] : words;
  const args = withHelp(named);
  const loudness: Loudness = { quiet: false, verbose: false };
  const io = createIo(process.stdout, process.stderr, loudness);
  endQuietlyWhenTheReaderLeaves();
  const ran = { verb: "", debug: false };
  const complaint: string[] = [];
  let program: Command | undefined;
  try {
    refuseUnsupported(args);
    const context: Context = { config: readConfig(env), io, clock: systemClock, interrupted };
    program = await buildProgram(args, context, (text) => complaint.push(text));
    program.hook("preAction", (_, action) => {
      const options = action.opts<{ onlyShowErrors?: true; verbose?: true; debug?: true }>();
      loudness.quiet = options.onlyShowErrors ?? false;
      loudness.verbose = options.verbose ?? options.debug ?? false;
      ran.verb = action.name();
      ran.debug = options.debug ?? false;
    });
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    io.status(undefined);
    if (error instanceof CommanderError) {
      // Help that was asked for went to stdout; what is left are complaints about the words.
      const unknown = program && findUnknownFlag(program, args);
      if (unknown !== undefined && error.code === "commander.missingMandatoryOptionValue") io.error(unknown);
      else if (complaint.length > 0) io.error(complaint.join("").trimEnd());
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    const failure = describeFailure(error, ran.verb);
    io.error(failure.message);
    if (ran.debug && error instanceof Error) io.error(stackOf(error));
    process.exitCode = failure.exitCode;
  }
}

/** Words alone ask for help; the Azure CLI has its version under a flag too. */
function withHelp(args: string[]): string[] {
  if (args.length === 0) return ["--help"];
  if (args[0] !== "az") return args;
  if (args.length === 1) return ["az", "--help"];
  return args[1] === "--version" || args[1] === "-v" ? ["az", "version", ...args.slice(2)] : args;
}

/** Loads only what this line needs: one command, or one noun's for its help, or all. */
export async function buildProgram(
  args: readonly string[],
  context: Context,
  complain: (text: string) => void,
): Promise<Command> {
  const program = new Command("trainyard")
    .description("Describe a training job in YAML; run it here or on a cluster; keep everything about it.")
    .version(packageVersion(), "-V, --version")
    .helpOption("-h, --help")
    .helpCommand(false)
    // So that `data show --version 1` is that command's, not the program's.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("Add --help to see what it takes.")
    .configureOutput({ writeErr: complain })
    .addHelpText(
      "after",
      "\nBegin with:\n  trainyard demo                              train the bundled example\n  trainyard job create -f job.yml --stream    run your own\n\nEvery command explains itself: trainyard job create --help",
    );
  const parents = new Map<string, Command>();
  for (const entry of entriesFor(args)) {
    const [noun = "", verb] = entry.words.split(" ");
    const add = await entry.load();
    if (verb === undefined) add(program, context);
    else add(parents.get(noun) ?? addNoun(noun), context);
  }
  return program;

  function addNoun(noun: string): Command {
    const command = program
      .command(noun)
      .description(nouns[noun] ?? "")
      .helpCommand(false);
    parents.set(noun, command);
    return command;
  }
}

function entriesFor(args: readonly string[]): readonly CommandEntry[] {
  const exact = commands.find(({ words }) => words === args[0] || words === `${args[0]} ${args[1]}`);
  if (exact) return [exact];
  const ofNoun = commands.filter(({ words }) => words.startsWith(`${args[0]} `));
  return ofNoun.length > 0 ? ofNoun : commands;
}

/** A mistyped flag is why the required one seems to be missing: then that is the thing to say. */
function findUnknownFlag(program: Command, args: readonly string[]): string | undefined {
  const command = program.commands[0]?.commands[0] ?? program.commands[0];
  const known = command?.options.flatMap(({ long, short }) => [long, short]).filter((flag) => flag != null);
  const unknown = args
    .map((arg) => arg.split("=")[0] ?? "")
    .find((flag) => flag.startsWith("--") && !known?.includes(flag));
  if (!known || unknown === undefined || unknown === "--" || unknown === "--help") return undefined;
  const nearest = nearestName(unknown, known);
  return `error: unknown option '${unknown}'${nearest ? `\n(Did you mean ${nearest}?)` : ""}\nAdd --help to see what it takes.`;
}

/** `trainyard job list | head` is no error. */
function endQuietlyWhenTheReaderLeaves(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
}

let controller: AbortController | undefined;

/** The first Ctrl-C is told to the command; a second one ends the process at once. */
function interrupted(): AbortSignal {
  if (controller) return controller.signal;
  const fresh = (controller = new AbortController());
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (fresh.signal.aborted) process.exit(130);
      fresh.abort();
    });
  }
  return fresh.signal;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack;
}
