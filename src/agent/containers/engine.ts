// The container engine of this machine: found once, asked what it is and what it can do.
import { existsSync } from "node:fs";
import { release } from "node:os";
import { delimiter, join } from "node:path";
import { listEngineAddresses } from "./engine-address.ts";
import type { EngineAddress, HostVariables } from "./engine-address.ts";
import { createEngineCall, readText } from "./engine-call.ts";
import type { EngineCall } from "./engine-call.ts";

export interface ContainerEngine {
  kind: "Docker" | "Podman";
  version: string;
  address: string;
  call: EngineCall;
  /** Root in its containers is the user that it runs as. */
  isRootless: boolean;
  /** It gives users in containers other ids outside, unless a container asks to be spared. */
  remapsUsers: boolean;
  /** Its containers run on this machine's own kernel, not in a virtual machine: they can use its network as it is. */
  sharesKernel: boolean;
  /** It can hand NVIDIA's cards to a container. */
  hasGpus: boolean;
}

/** Finds the engine again and again: people start and stop it while the agent runs. */
export interface EngineDoor {
  /** The engine, or why there is none. */
  find(): Promise<ContainerEngine | { why: string }>;
  /** The one at this address, where a container was started. Rejects with EngineUnreachable. */
  at(address: string): Promise<ContainerEngine>;
}

const answerMs = 5000;

export function createEngineDoor(variables: HostVariables): EngineDoor {
  let known: ContainerEngine | undefined;
  return {
    async find() {
      if (known && (await answers(known.call))) return known;
      const found = await findEngine(variables);
      known = "why" in found ? undefined : found;
      return found;
    },
    async at(address) {
      if (known?.address !== address) known = await connect(address);
      return known;
    },
  };
}

const answers = (call: EngineCall): Promise<boolean> =>
  call("/_ping", { timeoutMs: answerMs }).then(
    (answer) => {
      answer.resume();
      return true;
    },
    () => false,
  );

async function findEngine(variables: HostVariables): Promise<ContainerEngine | { why: string }> {
  const addresses = listEngineAddresses(variables);
  const failures: string[] = [];
  for (const address of addresses) {
    try {
      return await connect(address.address);
    } catch (error) {
      failures.push(explain(address, error as Error));
    }
  }
  if (failures.length > 0) return { why: failures.join("; ") };
  const program = ["docker", "podman"].find((name) => isOnPath(name, variables));
  return {
    why: program
      ? `${program} is installed, but its service does not run (no socket was found)`
      : "no container engine here",
  };
}

function explain({ address, from }: EngineAddress, error: Error): string {
  const chosen = from === "usual" ? "" : ` (from ${from})`;
  const denied = /EACCES/.test(error.message)
    ? `: this user may not open ${address}; join its group (usermod -aG docker <user>, then log in again), or use a rootless engine`
    : `: ${error.message}`;
  return `the container engine at ${address}${chosen} cannot be used${denied}`;
}

export async function connect(address: string): Promise<ContainerEngine> {
  const call = createEngineCall(address);
  const ask = async (path: string) =>
    JSON.parse(await readText(await call(path, { timeoutMs: answerMs }))) as Record<string, unknown>;
  const [version, info] = await Promise.all([ask("/version"), ask("/info")]);
  const security = texts(info["SecurityOptions"]);
  return {
    kind: JSON.stringify(version["Components"] ?? "").includes("Podman") ? "Podman" : "Docker",
    version: typeof version["Version"] === "string" ? version["Version"] : "of unknown version",
    address,
    call,
    isRootless: security.some((option) => option.startsWith("name=rootless")),
    remapsUsers: security.some((option) => option.startsWith("name=userns")),
    sharesKernel: info["KernelVersion"] === release(),
    hasGpus: hasNvidia(info),
  };
}

/** A runtime of NVIDIA's, a hook of theirs, or cards by the Container Device Interface. */
const hasNvidia = (info: Record<string, unknown>): boolean =>
  Object.keys((info["Runtimes"] as object | null) ?? {}).includes("nvidia") ||
  /nvidia\.com\/gpu/.test(JSON.stringify(info["DiscoveredDevices"] ?? "")) ||
  existsSync("/usr/bin/nvidia-container-runtime-hook");

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

const isOnPath = (program: string, variables: HostVariables): boolean =>
  (variables["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && existsSync(join(folder, program)));

/** "Docker 28.2.2". */
export const nameEngine = ({ kind, version }: ContainerEngine): string => `${kind} ${version}`;
