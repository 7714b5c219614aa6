// What an agent process needs to know, read once: flags first, then the environment, then defaults.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { containerPolicies, isContainerPolicy } from "../core/container-policy.ts";
import type { ContainerPolicy } from "../core/container-policy.ts";
import { agentLayout, homeLayout } from "../core/home.ts";

export interface AgentConfig {
  /** TRAINYARD_HOME: server.json lies here. */
  home: string;
  name: string;
  /** `agents/<name>` below the home folder. */
  folder: string;
  /** From TERM to KILL when an attempt is stopped. */
  graceSeconds: number;
  /** The same, when it has to make room for another job: time to write a checkpoint. */
  preemptionSeconds: number;
  /** An agent with nothing to do and no server ends after this long. */
  idleExitSeconds: number;
  /** How often the machine and a job's processes are sampled; 0: never. */
  sampleSeconds: number;
  /** The longest time an order request waits for news. */
  pollSeconds: number;
  /** The most that the cache of inputs and code may take; undefined: 50 GiB, or a fifth of the disk if that is less. */
  cacheBytes: number | undefined;
  /** The most that built environments may take; undefined: as the cache. */
  environmentsBytes: number | undefined;
  /** The largest file that is downloaded from an http(s) address; undefined: any. */
  mostDownloadBytes: number | undefined;
  /** A download that brings nothing for this long is begun again, and then given up. */
  stallSeconds: number;
  /** Refuse http(s) inputs at addresses of this machine and of private networks. */
  forbidPrivateAddresses: boolean;
  /** Whether jobs that ask for an image run in containers here, unless they say themselves. */
  containers: ContainerPolicy;
  /** The agent's own environment, from which jobs get an allow-list. */
  hostVariables: Readonly<Record<string, string | undefined>>;
  /** Our Python client, put first on a job's PYTHONPATH. */
  pythonClient: string;
}

export function readConfig(args: string[], variables: NodeJS.ProcessEnv): AgentConfig {
  const { values } = parseArgs({
    args,
    options: {
      home: { type: "string" },
      name: { type: "string", default: "local" },
      "grace-seconds": { type: "string", default: "10" },
      "preemption-seconds": { type: "string" },
      "sample-seconds": { type: "string" },
      "idle-exit-seconds": { type: "string", default: "60" },
      "poll-seconds": { type: "string", default: "10" },
      "cache-gib": { type: "string" },
      "environments-gib": { type: "string" },
      "max-download-gib": { type: "string" },
      "stall-seconds": { type: "string" },
      "forbid-private-addresses": { type: "boolean" },
      containers: { type: "string" },
    },
  });
  const home = resolve(values.home ?? variables["TRAINYARD_HOME"] ?? join(homedir(), ".trainyard"));
  if (!/^[\w.-]+$/.test(values.name) || values.name.startsWith(".")) {
    throw new Error(
      `--name is ${JSON.stringify(values.name)}; an agent's name is letters, digits, _, - and dots`,
    );
  }
  return Object.freeze({
    home,
    name: values.name,
    folder: join(home, homeLayout.agents, values.name),
    graceSeconds: readSeconds("--grace-seconds", values["grace-seconds"]),
    preemptionSeconds: readSeconds(
      "--preemption-seconds",
      values["preemption-seconds"] ?? variables["TRAINYARD_PREEMPTION_SECONDS"] ?? "30",
    ),
    sampleSeconds: readSeconds(
      "--sample-seconds",
      values["sample-seconds"] ?? variables["TRAINYARD_SAMPLE_SECONDS"] ?? "5",
    ),
    idleExitSeconds: readSeconds("--idle-exit-seconds", values["idle-exit-seconds"]),
    pollSeconds: Math.min(60, readSeconds("--poll-seconds", values["poll-seconds"])),
    cacheBytes: readGib("--cache-gib", values["cache-gib"] ?? variables["TRAINYARD_CACHE_GIB"]),
    environmentsBytes: readGib(
      "--environments-gib",
      values["environments-gib"] ?? variables["TRAINYARD_ENVIRONMENTS_GIB"],
    ),
    mostDownloadBytes: readGib(
      "--max-download-gib",
      values["max-download-gib"] ?? variables["TRAINYARD_MAX_DOWNLOAD_GIB"],
    ),
    stallSeconds: readSeconds(
      "--stall-seconds",
      values["stall-seconds"] ?? variables["TRAINYARD_STALL_SECONDS"] ?? "30",
    ),
    forbidPrivateAddresses:
      values["forbid-private-addresses"] ??
      readYes("TRAINYARD_FORBID_PRIVATE_ADDRESSES", variables["TRAINYARD_FORBID_PRIVATE_ADDRESSES"]),
    containers: readPolicy("--containers", values.containers ?? variables["TRAINYARD_CONTAINERS"] ?? "auto"),
    hostVariables: Object.freeze({ ...variables }),
    pythonClient: join(import.meta.dirname, "..", "..", "python", "src"),
  });
}

export const tokenFileOf = (config: AgentConfig): string => join(config.folder, agentLayout.tokenFile);
export const serverFileOf = (config: AgentConfig): string => join(config.home, homeLayout.serverFile);

/** Undefined when it is not given. */
function readGib(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const gib = Number(text);
  if (!Number.isFinite(gib) || gib <= 0) {
    throw new Error(`${flag} is ${JSON.stringify(text)}; it takes a number of GiB, more than 0`);
  }
  return Math.floor(gib * 2 ** 30);
}

function readPolicy(flag: string, text: string): ContainerPolicy {
  if (isContainerPolicy(text)) return text;
  throw new Error(
    `${flag} (TRAINYARD_CONTAINERS) is ${JSON.stringify(text)}; it takes ${containerPolicies.join(", ")}`,
  );
}

function readYes(name: string, text: string | undefined): boolean {
  if (text === undefined || /^(|0|no|false|off)$/i.test(text)) return false;
  if (/^(1|yes|true|on)$/i.test(text)) return true;
  throw new Error(`${name} is ${JSON.stringify(text)}; it takes true or false`);
}

function readSeconds(flag: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isFinite(seconds) || seconds < 0) {
    throw new Error(`${flag} is ${JSON.stringify(text)}; it takes a number of seconds, 0 or more`);
  }
  return seconds;
}
