// Images: whether one is here, what it says of itself, and how one is brought here from its registry.
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import type { HostVariables } from "./engine-address.ts";
import { EngineRefused, readLines, readText } from "./engine-call.ts";
import type { ContainerEngine } from "./engine.ts";
import { encodeLogin, findLogin, registryOf } from "./registry-login.ts";

const imageSchema = z.object({
  Id: z.string(),
  Os: z.string().optional(),
  Architecture: z.string().optional(),
  Config: z.object({ Env: z.array(z.string()).nullish(), User: z.string().optional() }).nullish(),
});

export interface Image {
  /** By content: `sha256:…`. */
  id: string;
  platform: string;
  /** What it sets for its containers. */
  variables: Record<string, string>;
}

/** Undefined when the engine has no such image. */
export async function inspectImage({ call }: ContainerEngine, name: string): Promise<Image | undefined> {
  try {
    const answer = await call(`/images/${encodeURI(name)}/json`);
    const { Id: id, Os, Architecture, Config } = imageSchema.parse(JSON.parse(await readText(answer)));
    const pairs = (Config?.Env ?? []).map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? ([line, ""] as const) : ([line.slice(0, at), line.slice(at + 1)] as const);
    });
    return { id, platform: `${Os ?? "linux"}/${Architecture ?? "?"}`, variables: Object.fromEntries(pairs) };
  } catch (error) {
    if (error instanceof EngineRefused && error.status === 404) return undefined;
    throw error;
  }
}

export interface BuiltImage {
  tag: string;
  labels: Record<string, string>;
  createdAt: number;
  /** Of the layers that no other image has: removing it frees that. */
  sizeBytes: number;
}

const listSchema = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Created: z.number(),
    Size: z.number(),
  }),
);
const usageSchema = z.object({
  Images: z.array(z.object({ Id: z.string(), SharedSize: z.number().optional() })).nullish(),
});

/** Only by tags of this repository: what somebody made from such an image has its labels too. */
export async function listBuiltImages(
  { call }: ContainerEngine,
  repository: string,
  labels: readonly string[],
): Promise<BuiltImage[]> {
  const filters = JSON.stringify({ label: labels });
  const answer = await call("/images/json", { query: { filters } });
  const found = listSchema.parse(JSON.parse(await readText(answer)));
  if (found.length === 0) return [];
  const usage = usageSchema.parse(JSON.parse(await readText(await call("/system/df"))));
  const shared = new Map(usage.Images?.map(({ Id, SharedSize = 0 }) => [Id, Math.max(0, SharedSize)]));
  return found.flatMap(({ Id, RepoTags, Labels, Created, Size }) =>
    (RepoTags ?? [])
      // Podman puts its own registry's name before it.
      .filter((tag) => tag.replace(/^localhost\//, "").startsWith(`${repository}:`))
      .map((tag) => ({
        tag,
        labels: Labels ?? {},
        createdAt: Created * 1000,
        sizeBytes: Size - (shared.get(Id) ?? 0),
      })),
  );
}

/** Returns whether it is gone: the engine keeps what a container was made of. */
export async function removeImage({ call }: ContainerEngine, tag: string): Promise<boolean> {
  try {
    (await call(`/images/${encodeURI(tag)}`, { method: "DELETE" })).resume();
    return true;
  } catch (error) {
    if (!(error instanceof EngineRefused)) throw error;
    if (error.status === 409) return false;
    if (error.status === 404) return true;
    throw error;
  }
}

export interface PullOptions {
  platform?: string | undefined;
  hostVariables: HostVariables;
  clock: Clock;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Throws EngineRefused with the engine's own words. */
export async function pullImage(engine: ContainerEngine, name: string, options: PullOptions): Promise<void> {
  const login = await findLogin(registryOf(name), options.hostVariables);
  const answer = await engine.call("/images/create", {
    method: "POST",
    query: { fromImage: withTag(name), platform: options.platform },
    headers: login ? { "X-Registry-Auth": encodeLogin(login) } : {},
    signal: options.signal,
  });
  const progress = createProgress(options);
  for await (const line of readLines(answer)) {
    const failure = failureOf(line);
    if (failure !== undefined) throw new EngineRefused(200, failure);
    progress.take(line);
  }
  options.signal.throwIfAborted();
}

/** Without a tag the engine would bring every tag there is. */
export const withTag = (name: string): string => (/@|:[^/]*$/.test(name) ? name : `${name}:latest`);

/** What a stream of progress says when it has failed; the status was sent before anybody knew. */
export function failureOf(line: Record<string, unknown>): string | undefined {
  const detail = line["errorDetail"] as { message?: unknown } | undefined;
  const message = detail?.message ?? line["error"];
  return typeof message === "string" ? message : undefined;
}

const everyMs = 2000;

/** The layers' many small steps, told as one line now and then. */
function createProgress({ clock, log }: PullOptions) {
  const layers = new Map<string, { status: string; bytes: number; total: number }>();
  let toldAt = clock.elapsed();
  return {
    take(line: Record<string, unknown>) {
      const { id, status } = line;
      if (typeof status !== "string") return;
      if (typeof id !== "string" || !/^[0-9a-f]{12}$/.test(id)) return log(status);
      const detail = (line["progressDetail"] ?? {}) as { current?: number; total?: number };
      const known = layers.get(id) ?? { status: "", bytes: 0, total: 0 };
      const isDownload = status === "Downloading";
      layers.set(id, {
        status,
        bytes: isDownload
          ? (detail.current ?? known.bytes)
          : /complete|exists/i.test(status)
            ? known.total
            : known.bytes,
        total: isDownload ? (detail.total ?? known.total) : known.total,
      });
      if (clock.elapsed() - toldAt < everyMs) return;
      toldAt = clock.elapsed();
      log(describeLayers([...layers.values()]));
    },
  };
}

function describeLayers(layers: readonly { status: string; bytes: number; total: number }[]): string {
  const done = layers.filter(
    ({ status }) => status === "Pull complete" || status === "Already exists",
  ).length;
  const sum = (pick: "bytes" | "total") => layers.reduce((total, layer) => total + layer[pick], 0);
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return `${done} of ${layers.length} layers, ${megabytes(sum("bytes"))} of ${megabytes(sum("total"))} MB downloaded`;
}
