// Which generation of the YAML a file is written in, told from the keys that only one of them has.
import type { Dialect } from "../core/job-spec.ts";
import { note, type Place, type Reading } from "./text/notes.ts";
import { childOf, type MapPlace } from "./text/read.ts";
import { positionIn } from "./text/source.ts";

/** A key that only one side has: A is the 2021 preview; C stands for B too, which came after. */
interface Evidence {
  side: "A" | "C";
  place: Place;
  /** What it looks like here. */
  shows: string;
  /** How the other side says it. */
  rewrite: string;
  /** Decides when nothing else does; dialect B knows it too. */
  weak?: boolean;
}

const sideNames = { A: "the 2021 preview dialect", C: "the dialect of 2022 and later" };

/** Undefined when the file mixes dialects; then every key of the smaller side has been noted. */
export function detectDialect(root: MapPlace, reading: Reading): Dialect | undefined {
  const evidence = [...evidenceOfA(root), ...evidenceOfC(root)];
  const declared = declaredSide(root);
  const counted = (side: "A" | "C") => evidence.filter((one) => one.side === side);
  const strong = (side: "A" | "C") => counted(side).filter((one) => !one.weak).length;
  const side = declared?.side ?? (counted("A").length === 0 || strong("C") > strong("A") ? "C" : "A");
  const strangers = counted(side === "A" ? "C" : "A");
  const native = declared ?? counted(side).find((one) => !one.weak);
  if (native) {
    for (const stranger of strangers.filter((one) => !one.weak)) {
      const own = `${native.shows}${lineOf(native.place)}`;
      const message = `${stranger.shows} is ${sideNames[stranger.side]}, but ${own} is ${sideNames[side]}; one file is one dialect`;
      note(stranger.place, reading, message, { hint: stranger.rewrite });
    }
    if (strangers.some((one) => !one.weak)) return undefined;
  }
  if (side === "A") return "A";
  return isDialectB(root) ? "B" : "C";
}

function declaredSide(root: MapPlace): Evidence | undefined {
  const place = childOf(root, "type");
  const type = place && textOf(place);
  if (place === undefined || type === undefined) return undefined;
  const side = type.toLowerCase() === "command" ? "C" : type === "command_job" ? "A" : undefined;
  return side && { side, place, shows: `type: ${type}`, rewrite: "" };
}

function evidenceOfA(root: MapPlace): Evidence[] {
  const at = (path: string, shows: string, rewrite: string, weak = false): Evidence[] =>
    placesAt(root, path.split(".")).map((place) => ({ side: "A", place, shows, rewrite, weak }));
  const compute = childOf(root, "compute");
  const command = childOf(root, "command");
  return [
    ...(compute?.node.kind === "map"
      ? [
          {
            side: "A" as const,
            place: compute,
            shows: childOf({ ...compute, node: compute.node }, "target")
              ? "compute.target"
              : "compute as a mapping",
            rewrite:
              "Write compute: azureml:<name> (or local), and the number of nodes as resources.instance_count.",
          },
        ]
      : []),
    ...(command && /(?<![${])\{(inputs|search_space)\./.test(textOf(command) ?? "")
      ? [{ side: "A" as const, place: command, shows: "{inputs.…}", rewrite: "Write ${{inputs.…}}." }]
      : []),
    ...at(
      "environment.docker",
      "environment.docker",
      "Write environment.image, or environment.build with path and dockerfile_path.",
    ),
    ...at(
      "distribution.process_count",
      "distribution.process_count",
      "Write process_count_per_instance: the processes of one node.",
    ),
    ...at("distributed", "distributed", "Write distribution."),
    ...at("timeout", "timeout", "Write limits.timeout."),
    ...at("output", "output", "Write outputs.<name>.path."),
    ...at("inputs.*.data", "inputs.….data", "Write path and type in place of data.", true),
  ];
}

function evidenceOfC(root: MapPlace): Evidence[] {
  const at = (path: string, rewrite: string, shows = path): Evidence[] =>
    placesAt(root, path.split(".")).map((place) => ({ side: "C", place, shows, rewrite }));
  const plain = (path: string, shows: string, rewrite: string): Evidence[] =>
    at(path, rewrite, shows).filter(({ place }) => isPlainScalar(place));
  const command = childOf(root, "command");
  return [
    ...plain("compute", "compute as a text", "Write compute: {target: azureml:<name>} (or target: local)."),
    ...plain("code", "code as a folder's name", "Write code: {local_path: <folder>}."),
    ...(command && /\$\{\{\s*(inputs|outputs|search_space)\./.test(textOf(command) ?? "")
      ? [
          {
            side: "C" as const,
            place: command,
            shows: "${{inputs.…}}",
            rewrite: "Write {inputs.…} with single braces.",
          },
        ]
      : []),
    ...at("resources", "Write compute.instance_count and compute.instance_type."),
    ...at("limits", "Write timeout: <seconds>."),
    ...at("outputs", "Remove it, and let the command write to ./outputs."),
    ...at("display_name", "Remove it, or write description."),
    ...at("services", "Remove it."),
    ...at("queue_settings", "Remove it."),
    ...plain("inputs.*", "an input that is a value", "Write the value into the command."),
    ...["path", "type", "file", "folder", "dataset"].flatMap((key) =>
      at(`inputs.*.${key}`, "Write data: {path: <uri>} or data: {local_path: <path>}.", `inputs.….${key}`),
    ),
    ...at("environment.image", "Write environment.docker.image."),
    ...at("environment.build", "Write environment.docker.build.dockerfile."),
    ...placesAt(root, ["distribution"])
      .filter((place) => place.node.kind === "map" && textAt(place, "type")?.toLowerCase() === "pytorch")
      .flatMap(() =>
        at(
          "distribution.process_count_per_instance",
          "Write process_count: the processes of all nodes together.",
        ),
      ),
  ];
}

function isDialectB(root: MapPlace): boolean {
  const is = (path: string) => placesAt(root, path.split(".")).length > 0;
  return (
    childOf(root, "code")?.node.kind === "map" ||
    ["file", "folder", "dataset", "data"].some((key) => is(`inputs.*.${key}`)) ||
    is("environment.build.local_path")
  );
}

/** The places that a path with `*` reaches and that hold something. */
function placesAt(place: Place, steps: readonly string[]): Place[] {
  const [step, ...rest] = steps;
  const { node, path } = place;
  if (step === undefined) return node.kind === "scalar" && node.value === null ? [] : [place];
  if (node.kind !== "map") return [];
  const keys = step === "*" ? [...node.entries.keys()] : [step];
  return keys.flatMap((key) => {
    const child = childOf({ node, path }, key);
    return child ? placesAt(child, rest) : [];
  });
}

const textOf = ({ node }: Place): string | undefined =>
  node.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;

const textAt = ({ node, path }: Place, key: string): string | undefined => {
  const child = node.kind === "map" ? childOf({ node, path }, key) : undefined;
  return child && textOf(child);
};

function isPlainScalar(place: Place): boolean {
  const { node } = place;
  if (node.kind !== "scalar" || node.value === null) return false;
  const text = String(node.value);
  if (text.startsWith("file:")) return false;
  // An existing code asset is written alike in every dialect.
  return !(place.path === "code" && text.startsWith("azureml:"));
}

function lineOf({ node }: Place): string {
  if (!node.source.hasLines) return "";
  return ` (line ${positionIn(node.source, node.start).line})`;
}
