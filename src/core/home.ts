// Where everything of one installation lies, below TRAINYARD_HOME. Names only; nobody here touches a disk.

/** Paths below the home folder, `/`-separated. */
export const homeLayout = {
  /** `ServerFile`: where the running server is; absent or stale when there is none. */
  serverFile: "server.json",
  /** The person's token. Mode 0600. */
  tokenFile: "token",
  /** The key from which agents' and jobs' tokens are derived. Mode 0600. */
  secretFile: "secret",
  /** The version of Trainyard that served this home last. */
  versionFile: "version",
  database: "trainyard.db",
  blobs: "blobs",
  /** Artifacts that still grow, by opaque id. */
  growing: "growing",
  /** Files that come in parts, a folder each, until all of them are there. */
  uploads: "uploads",
  /** Empty files by which a caller shows that it is this user on this machine. */
  callers: "callers",
  /** The datastores that exist from the start, a folder each. */
  datastores: "datastores",
  serverLog: "server.log",
  /** Client-side caches, such as the file hashes of snapshots. Safe to delete. */
  cache: "cache",
  agents: "agents",
} as const;

/** Below `agents/<name>`. */
export const agentLayout = {
  tokenFile: "token",
  processFile: "agent.json",
  log: "agent.log",
  attempts: "attempts",
  /** Folders of attempts that are over, until they are removed. */
  rubbish: "rubbish",
  environments: "environments",
  /** What images have inside, a file an image. Safe to delete. */
  images: "images",
  /** The cache of inputs and code: bytes by content, trees made of them, and notes on where they came from. */
  blobs: "blobs",
  trees: "trees",
  manifests: "manifests",
  known: "known",
} as const;

/** The content of server.json. */
export interface ServerFile {
  url: string;
  pid: number;
  version: string;
  home: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** The content of agents/<name>/agent.json. */
export interface AgentFile {
  pid: number;
  /** The kernel's start time of the process, to tell it from a later one with the same pid; 0 where unknown. */
  pidStart: number;
  startedAt: number;
}
