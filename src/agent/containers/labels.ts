// The labels by which our containers and images are known again, after whatever crash.
import { createHash } from "node:crypto";
import { hostname, userInfo } from "node:os";

export const labelNames = {
  /** Of all that is ours. */
  attempt: "trainyard.attempt",
  run: "trainyard.run",
  /** The attempt's folder: while it is there, somebody may still care. */
  folder: "trainyard.folder",
  /** Which agent's; two agents of one machine leave each other's alone. */
  agent: "trainyard.agent",
  host: "trainyard.host",
  user: "trainyard.user",
} as const;

/** Of an image that was built. Containers inherit them, so none is a name that says whose a container is. */
export const imageLabels = {
  hash: "trainyard.environment",
  /** The folder of environments that it was built for: while it is there, somebody may still care. */
  home: "trainyard.environments",
  host: "trainyard.image-host",
  user: "trainyard.image-user",
} as const;

export const agentLabel = (agentFolder: string): string =>
  createHash("sha256").update(agentFolder).digest("hex").slice(0, 16);

export interface Owner {
  agentFolder: string;
  attempt: string;
  run: string;
  folder: string;
}

export const labelsOf = ({ agentFolder, attempt, run, folder }: Owner): Record<string, string> => ({
  [labelNames.attempt]: attempt,
  [labelNames.run]: run,
  [labelNames.folder]: folder,
  [labelNames.agent]: agentLabel(agentFolder),
  [labelNames.host]: hostname(),
  [labelNames.user]: String(userInfo().uid),
});
