// The command line's door. It loads next to nothing itself, so that the compile cache covers all the rest.
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

// Not below TRAINYARD_HOME: a new home would begin with a cold cache. The variable is for the server that this may
// start, which takes a third less time then.
process.env["NODE_COMPILE_CACHE"] ??= join(
  process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  "trainyard",
  "compiled",
);
enableCompileCache(process.env["NODE_COMPILE_CACHE"]);

const { runCommandLine } = await import("./command-line.ts");
await runCommandLine(process.argv.slice(2), process.env);
