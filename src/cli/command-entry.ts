// A command of the table of commands: its words, and how its file is loaded when it is the one to run.
import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Adds a command below its noun (or below the program, for one word). */
export type AddCommand = (parent: Command, context: Context) => void;

export interface CommandEntry {
  words: string;
  load: () => Promise<AddCommand>;
}
