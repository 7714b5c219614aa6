// Removes folders with all that is in them: those of a moment together, by one `rm`, which waits for the disk instead of
// the agent. A file system that makes others' bytes durable keeps whoever removes waiting for milliseconds.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const gatherMs = 250;
/** So many names fit into a command line everywhere. */
const mostAtOnce = 100;

let gathered: { paths: string[]; removed: Promise<string> } | undefined;

/** Rejects when something of it would not go. */
export async function removeFolder(path: string): Promise<void> {
  if (!gathered || gathered.paths.length >= mostAtOnce) gathered = gather();
  gathered.paths.push(path);
  const trouble = await gathered.removed;
  if (existsSync(path)) throw new Error(`${path} would not go: ${trouble}`);
}

function gather(): { paths: string[]; removed: Promise<string> } {
  const paths: string[] = [];
  const removed = new Promise<string>((resolve) => {
    setTimeout(() => {
      if (gathered?.paths === paths) gathered = undefined;
      resolve(removeAll(paths));
    }, gatherMs);
  });
  return { paths, removed };
}

/** Returns what was in the way. */
const removeAll = (paths: readonly string[]): Promise<string> =>
  promisify(execFile)("rm", ["-rf", "--", ...paths]).then(
    () => "",
    (error: Error & { stderr?: string }) => error.stderr || error.message,
  );
