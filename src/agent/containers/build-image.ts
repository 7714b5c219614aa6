// Builds an image from a Dockerfile and the files that it copies; what the engine prints goes to the log as it comes.
import type { HostVariables } from "./engine-address.ts";
import { EngineRefused, readLines } from "./engine-call.ts";
import type { ContainerEngine } from "./engine.ts";
import { createTraceReader } from "./buildkit-trace.ts";
import { failureOf } from "./images.ts";
import { encodeLogin, findAllLogins } from "./registry-login.ts";
import { writeTar } from "./tar.ts";
import type { TarFile } from "./tar.ts";

export interface ImageBuild {
  /** What it is to be called. */
  tag: string;
  dockerfile: string;
  /** The Dockerfile's path inside the context. */
  dockerfilePath: string;
  context: AsyncIterable<TarFile> | Iterable<TarFile>;
  labels: Readonly<Record<string, string>>;
  hostVariables: HostVariables;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Throws EngineRefused with the engine's own words. Closing the connection, as an abort does, ends the build. */
export async function buildImage(engine: ContainerEngine, build: ImageBuild): Promise<void> {
  const isBuildKit = engine.kind === "Docker" && needsBuildKit(build.dockerfile);
  const logins = isBuildKit ? undefined : await findAllLogins(build.hostVariables);
  const answer = await engine.call("/build", {
    method: "POST",
    query: {
      t: build.tag,
      dockerfile: build.dockerfilePath,
      version: isBuildKit ? 2 : 1,
      rm: true,
      forcerm: true,
      // As containers run: the machine's own network, with its proxies and mirrors.
      networkmode: engine.sharesKernel ? "host" : undefined,
      labels: JSON.stringify(build.labels),
      buildargs: JSON.stringify(proxyArguments(build.hostVariables)),
    },
    headers: logins && Object.keys(logins).length > 0 ? { "X-Registry-Config": encodeLogin(logins) } : {},
    body: writeTar(build.context),
    signal: build.signal,
  });
  const trace = createTraceReader(build.log);
  let text = "";
  for await (const line of readLines(answer)) {
    const failure = failureOf(line);
    if (failure !== undefined) {
      if (text !== "") build.log(text);
      throw new EngineRefused(200, failure);
    }
    if (line["id"] === "moby.buildkit.trace" && typeof line["aux"] === "string") trace.take(line["aux"]);
    const stream = line["stream"];
    if (typeof stream === "string") text = logWholeLines(text + stream, build.log);
  }
  if (text !== "") build.log(text);
  build.signal.throwIfAborted();
}

/** What Docker's older builder cannot do, which otherwise says more plainly what it does and knows private registries. */
export const needsBuildKit = (dockerfile: string): boolean =>
  /^#\s*syntax=/im.test(dockerfile) ||
  /^\s*(RUN|COPY|ADD)\s+(--\S+\s+)*--(mount|link|chmod|network|security|exclude|parents|checksum)\b/im.test(
    dockerfile,
  ) ||
  /^\s*(RUN|COPY|ADD)\b.*<<-?["']?\w/im.test(dockerfile);

function logWholeLines(text: string, log: (line: string) => void): string {
  const lines = text.split(/\r?\n/);
  const rest = lines.pop() ?? "";
  for (const line of lines) if (line.trim() !== "") log(line);
  return rest;
}

/** Every builder knows these without being told, and keeps them out of the image's history. */
function proxyArguments(variables: HostVariables): Record<string, string> {
  const given = Object.entries(variables).filter(([name]) => /^(https?|ftp|no|all)_proxy$/i.test(name));
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
