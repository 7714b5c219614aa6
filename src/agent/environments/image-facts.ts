// What an image has inside, asked of it once by a container that runs for a moment, and kept by the image's content.
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { EngineRefused } from "../containers/engine-call.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import { hintFor } from "../containers/explain-refusal.ts";
import type { Image } from "../containers/images.ts";
import { runToEnd } from "../containers/run-container.ts";
import { readState, writeState } from "../node/state-file.ts";
import { EnvironmentFailed } from "./environment-failed.ts";

const factsSchema = z.object({
  /** Program → its path inside. */
  programs: z.record(z.string(), z.string()),
  pythonVersion: z.string().optional(),
  /** As pip lists them. */
  packages: z.array(z.string()),
});
export type ImageFacts = z.infer<typeof factsSchema>;

export interface FactsContext {
  /** Where it is kept. */
  notesFolder: string;
  labels: Readonly<Record<string, string>>;
  clock: Clock;
  signal: AbortSignal;
}

/** Only what every shell has. */
const script = `for name in bash python python3 conda mamba micromamba mpirun; do
  path=$(command -v $name 2>/dev/null) && echo "program $name $path"
done
for python in python python3; do
  version=$($python -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
  echo "version $version"
  $python -m pip --disable-pip-version-check list --format=freeze 2>/dev/null | while read -r line; do echo "package $line"; done
  break
done
exit 0`;

export async function readImageFacts(
  engine: ContainerEngine,
  image: Image,
  name: string,
  { notesFolder, labels, clock, signal }: FactsContext,
): Promise<ImageFacts> {
  const file = join(notesFolder, `${image.id.replace(/^sha256:/, "")}.json`);
  const known = await readState(file, factsSchema);
  if (known) return known;
  let text = "";
  try {
    await runToEnd(engine, {
      name: `trainyard-look-${randomUUID()}`,
      body: {
        Image: image.id,
        Entrypoint: ["/bin/sh", "-c", script],
        Cmd: [],
        User: "0:0",
        Labels: labels,
        HostConfig: { NetworkMode: "none" },
      },
      take: (bytes) => (text += bytes.toString("utf8")),
      clock,
      signal,
    });
  } catch (error) {
    if (!(error instanceof EngineRefused)) throw error;
    throw new EnvironmentFailed({
      reason: `no container of the image ${name} can be started; ${engine.kind} says:`,
      lines: [error.message],
      hint: hintFor(error.message) ?? "",
    });
  }
  const facts = readFacts(text);
  await mkdir(notesFolder, { recursive: true });
  await writeState(file, facts);
  return facts;
}

export function readFacts(text: string): ImageFacts {
  const facts: ImageFacts = { programs: {}, packages: [] };
  for (const line of text.split("\n")) {
    const [kind, first = "", second = ""] = line.trim().split(/\s+/);
    if (kind === "program" && second.startsWith("/")) facts.programs[first] = second;
    if (kind === "version") facts.pythonVersion = first;
    if (kind === "package" && /^\S+==\S/.test(first)) facts.packages.push(first);
  }
  return facts;
}
