// The server's settings: flag, then environment, then default. Read once, frozen, passed down.
import { homedir } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { leastGraceHours } from "../api/settings.ts";
import { Refused } from "../core/refused.ts";

export interface ServerConfig {
  home: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Whether a busy port is an error, because somebody asked for exactly that one. */
  portIsFixed: boolean;
  /** Host names, besides the loopback ones, that requests may be addressed to. */
  allowedHosts: string[];
  logLevel: "debug" | "info" | "warn" | "error";
  workspaceName: string;
  /** How long bytes stay that nothing names any more. 0: the server removes none by itself. */
  gcHours: number;
}

export const defaultPort = 7171;

export function readServerConfig(args: string[], environment: NodeJS.ProcessEnv): Readonly<ServerConfig> {
  const { values } = parseArgs({
    args,
    options: {
      home: { type: "string" },
      host: { type: "string" },
      port: { type: "string" },
      "allowed-host": { type: "string", multiple: true },
      "log-level": { type: "string" },
    },
  });
  const port = values.port ?? environment["TRAINYARD_PORT"];
  const level = values["log-level"] ?? environment["TRAINYARD_LOG_LEVEL"] ?? "info";
  if (level !== "debug" && level !== "info" && level !== "warn" && level !== "error") {
    throw new Refused("invalid", `log level ${level} is not one of debug, info, warn, error`);
  }
  return Object.freeze({
    home: resolve(values.home ?? environment["TRAINYARD_HOME"] ?? `${homedir()}/.trainyard`),
    host: values.host ?? environment["TRAINYARD_HOST"] ?? "127.0.0.1",
    port: port === undefined ? defaultPort : readPort(port),
    portIsFixed: port !== undefined && readPort(port) !== 0,
    allowedHosts: values["allowed-host"] ?? splitList(environment["TRAINYARD_ALLOWED_HOSTS"]),
    logLevel: level,
    workspaceName: environment["TRAINYARD_WORKSPACE"] ?? "trainyard",
    gcHours: readHours(environment["TRAINYARD_GC_HOURS"] ?? "24"),
  });
}

function readHours(text: string): number {
  const hours = Number(text);
  if (text.trim() !== "" && (hours === 0 || hours >= leastGraceHours)) return hours;
  throw new Refused(
    "invalid",
    `TRAINYARD_GC_HOURS is ${JSON.stringify(text)}; it takes a number of hours from 1 on`,
    "0 keeps everything until trainyard server gc is called",
  );
}

const splitList = (text: string | undefined): string[] =>
  (text ?? "").split(",").filter((part) => part !== "");

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Refused("invalid", `port ${text} is not a number from 0 to 65535`);
}
