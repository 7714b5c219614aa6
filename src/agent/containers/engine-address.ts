// Where a container engine may be listening on this machine: what the user says first, then the usual sockets.
import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { userInfo } from "node:os";

/** Of the agent's own environment. */
export type HostVariables = Readonly<Record<string, string | undefined>>;

export interface EngineAddress {
  /** `unix:///run/docker.sock` or `http://127.0.0.1:2375`. */
  address: string;
  /** What said so; somebody has chosen this one when it is not `usual`. */
  from: "DOCKER_HOST" | "CONTAINER_HOST" | "the current docker context" | "usual";
}

/** In the order in which they are tried. An address that somebody chose is the only one. */
export function listEngineAddresses(variables: HostVariables): EngineAddress[] {
  for (const from of ["DOCKER_HOST", "CONTAINER_HOST"] as const) {
    const address = variables[from];
    if (address !== undefined && address !== "") return [{ address: asHttp(address), from }];
  }
  const home = variables["HOME"] ?? userInfo().homedir;
  const context = contextAddress(variables, home);
  if (context !== undefined) return [{ address: asHttp(context), from: "the current docker context" }];
  const runtime = variables["XDG_RUNTIME_DIR"] ?? `/run/user/${userInfo().uid}`;
  const sockets = [
    "/var/run/docker.sock",
    join(runtime, "docker.sock"),
    join(home, ".docker", "run", "docker.sock"),
    join(runtime, "podman", "podman.sock"),
    "/run/podman/podman.sock",
  ];
  return sockets
    .filter((socket) => existsSync(socket))
    .map((socket) => ({ address: `unix://${socket}`, from: "usual" }));
}

const asHttp = (address: string): string => address.replace(/^tcp:/, "http:");

/** As `docker context use` keeps it; Docker Desktop, Colima and a rootless Docker are found by it. */
function contextAddress(variables: HostVariables, home: string): string | undefined {
  const folder = variables["DOCKER_CONFIG"] ?? join(home, ".docker");
  const name = variables["DOCKER_CONTEXT"] ?? readField(join(folder, "config.json"), ["currentContext"]);
  if (name === undefined || name === "" || name === "default") return undefined;
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(folder, "contexts", "meta", id, "meta.json");
  return readField(file, ["Endpoints", "docker", "Host"]);
}

function readField(file: string, path: readonly string[]): string | undefined {
  try {
    let value: unknown = JSON.parse(readFileSync(file, "utf8"));
    for (const key of path)
      value =
        typeof value === "object" && value !== null
          ? Object.entries(value).find(([name]) => name === key)?.[1]
          : undefined;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
