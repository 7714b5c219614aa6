// Where a file says what a server found at fault: the server knows the job, not the file.
import { note, type Reading } from "./notes.ts";
import type { Problem } from "./problem.ts";
import { childOf, type MapPlace } from "./read.ts";
import { readRoot, rootOfDocument, type Overrides } from "./read-root.ts";

export interface ServerProblem {
  /** In the words of the job, which are those of the oldest dialect: `compute.target`. */
  path: string;
  message: string;
  hint?: string | undefined;
}

/** With the line of the path, or of as much of it as the file has; without one when it has nothing of it. */
export const locateProblem = (file: string, overrides: Overrides, problem: ServerProblem): Problem =>
  locateIn(readRoot(file, overrides, { problems: [], warnings: [] }), file, problem);

/** The same in a document that somebody sent. */
export const locateInDocument = (text: string, problem: ServerProblem): Problem =>
  locateIn(rootOfDocument(text, { problems: [], warnings: [] }), "job.yml", problem);

function locateIn(root: MapPlace | undefined, file: string, { path, message, hint }: ServerProblem): Problem {
  const found: Reading = { problems: [], warnings: [] };
  const place = root && deepestPlace(root, path);
  if (place) note(place, found, message, { hint });
  return found.problems[0] ?? { file, path, message, ...(hint !== undefined && { hint }) };
}

function deepestPlace(root: MapPlace, path: string) {
  const [first = "", ...rest] = path.split(".");
  let place = childOf(root, first);
  for (const step of rest) {
    if (place?.node.kind !== "map") break;
    place = childOf({ node: place.node, path: place.path }, step) ?? place;
  }
  return place;
}
